"""English, German, French and Spanish headings of personnel systems."""

ENGLISH = {
    "number": "number | employee number | employee no | employee id | emp no | emp id | personnel number"
    " | staff number | staff id | worker id"
    " | person number | payroll number | staff no",
    "name": "name | payroll name | full name | last name first name | last name, first name | surname, first name"
    " | employee name | display name | name kanji | worker | preferred name | legal name",
    "family": "last name | family name | surname | lastname | familyname",
    "given": "first name | given name | forename | firstname | givenname | first names",
    "name_kana": "name_kana | kana | kana name | furigana | phonetic name | name kana",
    "family_kana": "last name kana | family name kana | last name phonetic | surname kana",
    "given_kana": "first name kana | given name kana | first name phonetic",
    "email": "email | e-mail | mail | mail address | email address | e-mail address | work email | company email"
    " | business email"
    " | work e-mail | primary email | email (work) | office email | email - work | email - primary work",
    "private_email": "private email | personal email | home email | email (personal) | email - home | secondary email",
    "department": "org unit | organization | organisation | organizational unit | department path"
    " | supervisory organization",
    "level1": "division | business unit | level 1 | org level 1 | department level 1 | organization level 1",
    "level2": "department | dept | department name | level 2 | org level 2 | department level 2 | organization level 2",
    "level3": "section | sub-department | subdepartment | level 3 | org level 3 | department level 3"
    " | organization level 3 | unit",
    "level4": "team | group | level 4 | org level 4 | department level 4 | organization level 4",
    "job_family": "job_family | job family | job | job category | job type | job function | occupation",
    "site": "site | location | office | work location | workplace",
    "birth_date": "birth_date | date of birth | birthday | dob | birth date",
    "gender": "gender | sex",
    "locale": "locale | language | preferred language | correspondence language",
    "timezone": "timezone | time zone | tz",
    "hired_on": "hired_on | entry date | date of entry | employment start date | hire date | date hired | hired"
    " | joined on | date of joining | start date"
    " | joining date | original hire date",
    "manager_number": "manager_number | manager number | manager id | manager no | manager employee number"
    " | manager employee id | supervisor number"
    " | supervisor id | manager employee no | line manager id | reports to id",
    "status": "employment status | employee status | worker status | status | active status | active | is active"
    " | currently employed",
    "left_on": "termination date | leave date | leaving date | end date | exit date | resignation date | date left"
    " | last day"
    " | last working day | date of leaving | separation date | terminated on | left on | contract end date",
    "left": "terminated | left | leaver | inactive | resigned | is terminated",
    "post": "primary | is primary | primary job | primary position | assignment type | position type"
    " | primary/secondary | assignment category",
    "also": "secondary | concurrent | secondary position",
    "remark": "notes | note | remarks | remark | comment | comments",
    "other": "job title | title | phone | manager | manager name | cost center | cost centre | employment type"
    " | middle name | grade",
}
GERMAN = {
    "number": "personalnummer | personal-nr | mitarbeiternummer | mitarbeiter-nr | mitarbeiter-id | persnr"
    " | stammnummer",
    "name": "name | name, vorname | nachname, vorname | vor- und nachname | vollständiger name | mitarbeiter"
    " | mitarbeitername | anzeigename",
    "family": "nachname | familienname | zuname",
    "given": "vorname | vornamen | rufname",
    "email": "e-mail | mail | e-mail-adresse | mailadresse | dienstliche e-mail | e-mail dienstlich"
    " | e-mail (dienstlich)",
    "private_email": "private e-mail | private email | e-mail privat | e-mail (privat)",
    "department": "organisationseinheit | org.-einheit | oe | organisation | kostenstelle bezeichnung",
    "level1": "bereich | geschäftsbereich | hauptabteilung",
    "level2": "abteilung",
    "level3": "referat | unterabteilung | sachgebiet",
    "level4": "team | gruppe",
    "job_family": "berufsgruppe | tätigkeit | funktion | tätigkeitsbereich",
    "site": "standort | arbeitsort | niederlassung | dienstort",
    "birth_date": "geburtsdatum | geburtstag | geb.-datum",
    "gender": "geschlecht",
    "locale": "sprache | korrespondenzsprache",
    "timezone": "zeitzone",
    "hired_on": "eintrittsdatum | eintritt | einstellungsdatum | eingestellt am | beschäftigt seit",
    "manager_number": "vorgesetzter personalnummer | personalnummer vorgesetzter | personalnummer des vorgesetzten"
    " | vorgesetzten-id"
    " | vorgesetztenpersonalnummer",
    "status": "status | beschäftigungsstatus | mitarbeiterstatus | aktiv",
    "left_on": "austrittsdatum | austritt | ausgeschieden am | letzter arbeitstag | kündigungsdatum",
    "left": "ausgeschieden | ausgetreten",
    "post": "haupttätigkeit | hauptbeschäftigung | beschäftigungsart | haupt-/nebentätigkeit",
    "also": "nebentätigkeit",
    "remark": "bemerkung | bemerkungen | anmerkung | notiz | kommentar",
    "other": "titel | telefon | vorgesetzter | kostenstelle | anrede",
}
FRENCH = {
    "number": "matricule | numéro d'employé | numéro employé | n° employé | id employé | code employé"
    " | numéro de matricule",
    "name": "nom complet | nom et prénom | prénom et nom | nom prénom | nom affiché | nom",
    "family": "nom de famille | nom d'usage",
    "given": "prénom | prénoms",
    "email": "e-mail | adresse e-mail | courriel | adresse mail | adresse électronique | e-mail professionnel"
    " | courriel professionnel"
    " | mail | mail professionnel | adresse e-mail professionnelle",
    "private_email": "e-mail personnel | courriel personnel | mail personnel",
    "department": "entité | unité organisationnelle | organisation | rattachement | affectation",
    "level1": "direction | division | pôle",
    "level2": "département | service",
    "level3": "section | bureau",
    "level4": "équipe | groupe",
    "job_family": "famille de métiers | métier | fonction | emploi",
    "site": "site | lieu de travail | établissement",
    "birth_date": "date de naissance | né le",
    "gender": "sexe | genre",
    "locale": "langue | langue de correspondance",
    "timezone": "fuseau horaire",
    "hired_on": "date d'embauche | date d'entrée | date d'arrivée",
    "manager_number": "matricule du responsable | matricule responsable | matricule du manager | matricule n+1"
    " | matricule supérieur",
    "status": "statut | situation | état | actif",
    "left_on": "date de sortie | date de départ | date de fin de contrat | date de fin | sorti le",
    "left": "parti | sorti",
    "post": "poste principal | affectation principale | type d'affectation",
    "remark": "remarque | remarques | commentaire | commentaires",
    "other": "téléphone | responsable | civilité | titre",
}
SPANISH = {
    "number": "número de empleado | n.º de empleado | id de empleado | código de empleado | legajo"
    " | número de personal | nº empleado",
    "name": "nombre completo | nombre y apellidos | apellidos y nombre | nombre",
    "family": "apellidos | apellido | primer apellido",
    "given": "nombre de pila | nombres",
    "email": "correo electrónico | correo | e-mail | dirección de correo | correo corporativo"
    " | correo electrónico corporativo"
    " | correo de trabajo | email corporativo",
    "private_email": "correo personal | correo electrónico personal",
    "department": "unidad organizativa | organización | unidad",
    "level1": "dirección | división | gerencia",
    "level2": "departamento | área",
    "level3": "sección",
    "level4": "equipo | grupo",
    "job_family": "familia profesional | puesto | función | ocupación",
    "site": "centro de trabajo | sede | ubicación | lugar de trabajo",
    "birth_date": "fecha de nacimiento",
    "gender": "sexo | género",
    "locale": "idioma",
    "timezone": "zona horaria | huso horario",
    "hired_on": "fecha de ingreso | fecha de alta | fecha de contratación",
    "manager_number": "número de empleado del jefe | id del responsable | id del jefe | código del jefe"
    " | legajo del jefe",
    "status": "estado | situación | situación laboral | estado laboral | activo",
    "left_on": "fecha de baja | fecha de salida | fecha de cese | fecha de egreso",
    "left": "baja | cesado",
    "post": "puesto principal | tipo de asignación",
    "remark": "observaciones | comentarios | notas",
    "other": "teléfono | jefe | responsable | cargo",
}
