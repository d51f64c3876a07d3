"""Spanish headings: Teams, Zoom, Google Meet, Webex, lists."""

HEADINGS = {
    "name": "nombre | nombre completo | nombre para mostrar | participante | nombre del participante | asistente"
    " | nombre y apellidos | apellidos y nombre",
    "original_name": "nombre (nombre original) | nombre de usuario (nombre original)",
    "username": "nombre de usuario | usuario",
    "family": "apellido | apellidos | primer apellido",
    "given": "nombre de pila",
    "email": "correo electrónico | correo | e-mail | dirección de correo electrónico | email del usuario"
    " | correo electrónico del usuario | dirección de correo | mail",
    "upn": "id. de participante (upn) | id de participante (upn) | identificador del participante (upn)"
    " | id. del participante (upn) | nombre principal de usuario",
    "number": "número de empleado | n.º de empleado | id de empleado | código de empleado | legajo"
    " | número de personal",
    "joined": "primera unión | primera entrada | primera vez que se unió | hora de unión | hora de entrada | se unió"
    " | hora de ingreso | hora de conexión | primer ingreso | unión | entrada | hora de incorporación",
    "left": "última salida | última vez que salió | hora de salida | salida | salió | último abandono"
    " | hora de abandono"
    " | hora de desconexión",
    "duration": "duración de la reunión | duración en la reunión | duración | duración (minutos) | minutos | tiempo"
    " | duración total (minutos) | duración de asistencia | tiempo de asistencia | duración total"
    " | tiempo de permanencia"
    " | tiempo en la sesión (minutos) | duración de la asistencia",
    "action": "acción del usuario | acción de usuario | acción",
    "timestamp": "marca de tiempo | marca temporal",
    "attendance": "asistencia | asistió | presente | estado de asistencia | estado | participación",
    "registration": "estado de inscripción | estado de registro | estado de aprobación | respuesta",
    "absent": "ausente | ausencia | inasistencia | no asistió | faltó",
    "cancelled": "cancelado | cancelación | fecha de cancelación | anulado | cancelada | anulación",
    "waiting": "en sala de espera | en la sala de espera | sala de espera",
    "host_name": "anfitrión | organizador | nombre del anfitrión | nombre del organizador",
    "host_email": "correo electrónico del anfitrión | correo del anfitrión | correo electrónico del organizador",
    "title": "título de la reunión | tema | título | nombre de la reunión | asunto",
    "started": "hora de inicio | inicio | hora de inicio de la reunión | hora de comienzo de la reunión",
    "ended": "hora de finalización | hora de fin | fin | hora de finalización de la reunión",
    "meeting": "id de reunión | id. de reunión | id de la reunión | número de reunión | id",
    "count": "participantes | participantes asistentes | número de participantes | asistentes"
    " | participantes que asistieron | número total de participantes",
    "date": "fecha | fecha de la reunión",
    "department": "departamento | área",
    "other": "rol | función | invitado | grupo | hora de creación | consentimiento de grabación | fecha de registro"
    " | hora de registro | país/región | empresa | observaciones | tipo de conexión | nombre de la sesión",
}
