"""French headings: Teams, Zoom, Google Meet, Webex, lists."""

HEADINGS = {
    "name": "nom | nom complet | nom d'affichage | participant | nom du participant | nom affiché | nom et prénom"
    " | prénom et nom | nom prénom",
    "original_name": "nom (nom d'origine) | nom (nom original) | nom d'utilisateur (nom d'origine)",
    "username": "nom d'utilisateur | pseudo",
    "family": "nom de famille",
    "given": "prénom",
    "email": "e-mail | adresse e-mail | adresse mail | courriel | adresse électronique | mail | messagerie"
    " | e-mail de l'utilisateur | adresse e-mail de l'utilisateur | adresse de messagerie | adresse courriel",
    "upn": "id du participant (upn) | id de participant (upn) | identifiant du participant (upn)"
    " | nom d'utilisateur principal",
    "number": "matricule | numéro d'employé | numéro de personnel | n° employé | numéro employé | id employé",
    "joined": "première participation | première connexion | première arrivée | heure de connexion | heure d'arrivée"
    " | heure de participation | rejoint | a rejoint | heure d'entrée | première jonction | date de connexion"
    " | première entrée | heure d'accès",
    "left": "dernier départ | dernière sortie | dernière déconnexion | heure de départ | heure de sortie"
    " | heure de déconnexion | départ | sortie | a quitté",
    "duration": "durée de la réunion | durée en réunion | durée | durée (minutes) | durée totale (minutes) | minutes"
    " | durée de participation | durée de présence | temps de présence | durée dans la réunion | durée totale"
    " | temps passé | durée de connexion | temps en session (minutes)",
    "action": "action de l'utilisateur | action utilisateur | action",
    "timestamp": "horodatage | horodateur",
    "attendance": "participé | a participé | présence | présent | a participé | statut de présence | statut"
    " | participation | état",
    "registration": "statut d'inscription | statut de l'inscription | statut d'approbation | réponse"
    " | état d'inscription",
    "absent": "absent | absence | absents | absente | excusé | non excusé",
    "cancelled": "annulé | annulation | date d'annulation | désinscrit | annulé le",
    "waiting": "en salle d'attente | salle d'attente | dans la salle d'attente",
    "host_name": "hôte | organisateur | nom de l'hôte | animateur",
    "host_email": "e-mail de l'hôte | e-mail de l'organisateur | adresse e-mail de l'hôte",
    "title": "titre de la réunion | sujet | titre | nom de la réunion | objet",
    "started": "heure de début | début | heure de début de la réunion",
    "ended": "heure de fin | fin | heure de fin de la réunion",
    "meeting": "id de réunion | id de la réunion | numéro de réunion | id",
    "count": "participants | participants présents | nombre de participants | nombre total de participants",
    "date": "date | date de la réunion",
    "department": "service | département | direction",
    "other": "rôle | invité | groupe | heure de création | consentement à l'enregistrement | date d'inscription"
    " | heure d'inscription | pays/région | société | remarque | type de connexion | nom de la session",
}
