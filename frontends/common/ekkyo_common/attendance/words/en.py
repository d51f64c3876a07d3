"""English headings: Teams, Zoom, Google Meet, Webex, registration lists."""

HEADINGS = {
    "name": "name | full name | display name | participant | participant name | attendee | attendee name | attendees",
    "original_name": "name (original name) | user name (original name) | original name",
    "username": "user name | username | nickname",
    "family": "last name | family name | surname",
    "given": "first name | given name",
    "email": "email | e-mail | mail | email address | e-mail address | mail address | user email | attendee email"
    " | participant email | participant identifier | work email | business email",
    "upn": "participant id (upn) | upn | user principal name | participant id | sign-in address",
    "number": "personnel number | employee number | employee id | employee no | emp no | emp id | staff id | number",
    "joined": "first join | first join time | join time | joined | joined at | time joined | join date | first joined"
    " | entered at | start of attendance",
    "left": "last leave | last leave time | leave time | left | left at | time exited | time left | exit time"
    " | last left",
    "duration": "in-meeting duration | duration | duration (minutes) | total duration (minutes) | minutes | attended"
    " minutes | time in session | time in session (minutes) | time in meeting | attendance duration | length | mins"
    " | total duration | duration of attendance | duration in meeting",
    "action": "user action | action | event",
    "timestamp": "timestamp | time stamp",
    "attendance": "attended | attendance | attendance status | present | checked in | check-in | check in | status"
    " | participation",
    "registration": "registration status | approval status | rsvp | response | invitation status",
    "absent": "absent | absence | excused | unexcused | not attended | no-show | no show | did not attend | missed",
    "cancelled": "cancelled | canceled | cancelled at | canceled at | cancellation | cancellation time | withdrawn",
    "waiting": "in waiting room | waiting room",
    "host_name": "host | host name | organizer | organiser | meeting host | organizer name",
    "host_email": "host email | organizer email | host mail",
    "title": "meeting title | topic | meeting name | event name | session name | meeting topic | webinar topic",
    "started": "start time | meeting start time | actual start time | start",
    "ended": "end time | meeting end time | end",
    "meeting": "meeting id | webinar id | id | meeting number | conference id",
    "count": "participants | attended participants | total number of participants | # participants | # registered",
    "date": "date | meeting date | event date",
    "department": "department | dept | division",
    "other": "role | guest | is guest | recording consent | recording disclaimer response | group | has zoom rooms?"
    " | creation time | registration time | registered at | country/region name | country/region | connection type"
    " | company | job title | phone | session | invitee",
}
