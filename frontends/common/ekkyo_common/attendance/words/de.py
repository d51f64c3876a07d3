"""German headings: Teams, Zoom, Google Meet, Webex, lists."""

HEADINGS = {
    "name": "name | vollständiger name | anzeigename | teilnehmer | teilnehmername | teilnehmende | teilnehmer/in"
    " | name des teilnehmers",
    "original_name": "name (originalname) | name (ursprünglicher name) | benutzername (originalname)",
    "username": "benutzername | nutzername",
    "family": "nachname | familienname | zuname",
    "given": "vorname",
    "email": "e-mail | mail | e-mail-adresse | mailadresse | email-adresse | benutzer-e-mail | e-mail des benutzers"
    " | e-mail-adresse des teilnehmers",
    "upn": "teilnehmer-id (upn) | teilnehmer-id | benutzerprinzipalname",
    "number": "personalnummer | personal-nr | personalnr | mitarbeiternummer | mitarbeiter-nr | mitarbeiter-id",
    "joined": "erster beitritt | zuerst beigetreten | erste teilnahme | beitrittszeit | beitrittszeitpunkt | beitritt"
    " | beigetreten | beitrittsuhrzeit | zeitpunkt des beitritts | zeit des beitritts | uhrzeit des beitritts",
    "left": "letztes verlassen | zuletzt verlassen | letzter austritt | verlassenszeit | austrittszeit | austritt"
    " | verlassen | verlassen um | zeitpunkt des verlassens | zeit des verlassens | uhrzeit des verlassens",
    "duration": "besprechungsdauer | dauer in der besprechung | dauer | dauer (minuten) | gesamtdauer (minuten)"
    " | teilnahmedauer | anwesenheitsdauer | minuten | dauer der teilnahme | verweildauer | gesamtdauer"
    " | anwesenheitszeit"
    " | zeit in der sitzung (minuten) | in-meeting-dauer | dauer im meeting",
    "action": "benutzeraktion | aktion | nutzeraktion",
    "timestamp": "zeitstempel",
    "attendance": "anwesenheit | teilgenommen | anwesend | teilnahmestatus | status | anwesenheitsstatus | erschienen",
    "registration": "registrierungsstatus | genehmigungsstatus | anmeldestatus | antwort | rückmeldung",
    "absent": "abwesend | abwesenheit | entschuldigt | unentschuldigt | fehlend | fehlt | nicht teilgenommen"
    " | nicht erschienen | gefehlt",
    "cancelled": "abgesagt | storniert | stornierung | abgemeldet | storniert am | abgesagt am | absage",
    "waiting": "im warteraum | warteraum | im wartezimmer | in warteraum",
    "host_name": "gastgeber | host | organisator | besprechungsorganisator | moderator",
    "host_email": "e-mail des gastgebers | host-e-mail | e-mail des hosts | e-mail des organisators",
    "title": "besprechungstitel | titel der besprechung | thema | titel | meetingname | besprechungsname"
    " | name des meetings",
    "started": "startzeit | beginn | anfangszeit | startzeit der besprechung | startuhrzeit | startzeit des meetings",
    "ended": "endzeit | ende | endzeit der besprechung | enduhrzeit | endzeit des meetings",
    "meeting": "meeting-id | besprechungs-id | id | webinar-id",
    "count": "anzahl teilnehmer | anwesende teilnehmer | teilnehmerzahl | anzahl der teilnehmer"
    " | gesamtzahl der teilnehmer",
    "date": "datum | besprechungsdatum",
    "department": "abteilung | bereich",
    "other": "rolle | gast | gruppe | hat zoom rooms? | erstellungszeit | aufzeichnungszustimmung"
    " | registrierungszeit"
    " | land/region | firma | bemerkung | verbindungstyp | sitzungsname",
}
