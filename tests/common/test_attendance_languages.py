"""The reports of Zoom, Meet and Webex in seven languages: the same people come out of each."""

import pytest
from ekkyo_common.attendance import read_attendance
from ekkyo_common.tables.headings import Column, Headings

ZOOM = {
    "ja": "名前（元の名前）,ユーザーのメール,参加時刻,退出時刻,期間（分）,ゲスト,録画の同意,待機室",
    "en": "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,Recording Consent,"
    "In Waiting Room",
    "de": "Name (Originalname),Benutzer-E-Mail,Beitrittszeit,Verlassenszeit,Dauer (Minuten),Gast,"
    "Aufzeichnungszustimmung,Im Warteraum",
    "fr": "Nom (nom d’origine),Adresse e-mail de l’utilisateur,Heure d’arrivée,Heure de départ,Durée (minutes),Invité,"
    "Consentement à l’enregistrement,En salle d’attente",
    "es": "Nombre (nombre original),Correo electrónico del usuario,Hora de entrada,Hora de salida,Duración (minutos),"
    "Invitado,Consentimiento de grabación,En la sala de espera",
    "zh": "名称（原始名称）,用户电子邮件,加入时间,离开时间,持续时间（分钟）,访客,录制同意,在等候室中",
    "ko": "이름(원래 이름),사용자 이메일,참가 시간,나간 시간,기간(분),게스트,녹화 동의,대기실에 있음",
}
MEET = {
    "ja": "名,姓,メールアドレス,時間,参加時刻,退出時刻",
    "en": "First name,Last name,Email,Duration,Time joined,Time exited",
    "de": "Vorname,Nachname,E-Mail-Adresse,Dauer,Beitrittszeit,Verlassenszeit",
    "fr": "Prénom,Nom,Adresse e-mail,Durée,Heure d'arrivée,Heure de départ",
    "es": "Nombre,Apellidos,Correo electrónico,Duración,Hora de entrada,Hora de salida",
    "zh": "名字,姓氏,电子邮件,时长,加入时间,退出时间",
    "ko": "이름,성,이메일,시간,참여 시간,나간 시간",
}
WEBEX = {
    "ja": "ミーティング名,ミーティング開始時刻,ミーティング終了時刻,表示名,名,姓,役割,出席者のメール,参加時刻,退出時刻,"
    "出席時間,接続タイプ",
    "en": "Meeting Name,Meeting Start Time,Meeting End Time,Display Name,First Name,Last Name,Role,Attendee Email,"
    "Join Time,Leave Time,Attendance Duration,Connection type",
    "de": "Meetingname,Startzeit des Meetings,Endzeit des Meetings,Anzeigename,Vorname,Nachname,Rolle,"
    "E-Mail-Adresse des Teilnehmers,Beitrittszeit,Verlassenszeit,Dauer der Teilnahme,Verbindungstyp",
    "fr": "Nom de la réunion,Heure de début de la réunion,Heure de fin de la réunion,Nom affiché,Prénom,Nom,Rôle,"
    "E-mail du participant,Heure d'arrivée,Heure de départ,Durée de participation,Type de connexion",
    "es": "Nombre de la reunión,Hora de inicio de la reunión,Hora de finalización de la reunión,Nombre para mostrar,"
    "Nombre,Apellidos,Rol,Correo electrónico del asistente,Hora de entrada,Hora de salida,Duración de la asistencia,"
    "Tipo de conexión",
    "zh": "会议名称,会议开始时间,会议结束时间,显示名称,名字,姓氏,角色,与会者电子邮件,加入时间,离开时间,出席时长,"
    "连接类型",
    "ko": "미팅 이름,미팅 시작 시간,미팅 종료 시간,표시 이름,이름,성,역할,참석자 이메일,참가 시간,나간 시간,참석 시간,"
    "연결 유형",
}
GIVEN_FAMILY_SHOWN = {
    "ja": ("花子", "山田", "山田 花子"),
    "en": ("Ann", "Lee", "Ann Lee"),
    "de": ("Jörg", "Maier", "Jörg Maier"),
    "fr": ("Élodie", "Petit", "Élodie Petit"),
    "es": ("José", "Gil Ruiz", "José Gil Ruiz"),
    "zh": ("伟", "王", "王 伟"),
    "ko": ("철수", "김", "김 철수"),
}
YES_NO = {"ja": "はい いいえ", "en": "Yes No", "de": "Ja Nein", "fr": "Oui Non", "es": "Sí No", "zh": "是 否"}
YES_NO["ko"] = "예 아니요"
FIFTY = {"ja": "50 分", "en": "50 min", "de": "50 Min.", "fr": "50 min", "es": "50 min", "zh": "50 分钟", "ko": "50분"}
TIMES = "2026-08-05 12:00:00,2026-08-05 12:50:00"


def read(*lines: str) -> tuple[list[tuple[str, str | None, int | None]], list[str], str]:
    report = read_attendance("\n".join(lines).encode(), "report.csv")
    assert "unused" not in {each.what for each in report.evidence}, report.evidence
    people = [(each.name, each.email, each.minutes) for each in report.participants]
    return people, [each.code for each in report.skipped], report.title


@pytest.mark.parametrize("language", ZOOM)
def test_zoom_tells_who_was_let_in(language: str) -> None:
    yes, no = YES_NO[language].split()
    shown = GIVEN_FAMILY_SHOWN[language][2]
    rows = (f"{shown},a@example.com,{TIMES},50,{no},,{no}", f"Bob,b@example.com,{TIMES},50,{yes},,{yes}")
    assert read(ZOOM[language], *rows)[:2] == ([(shown, "a@example.com", 50)], ["waiting_room"])


@pytest.mark.parametrize("language", MEET)
def test_meet_tells_both_halves_of_a_name(language: str) -> None:
    given, family, shown = GIVEN_FAMILY_SHOWN[language]
    assert read(MEET[language], f"{given},{family},,{FIFTY[language]},12:00,12:50")[:2] == ([(shown, None, 50)], [])


@pytest.mark.parametrize("language", WEBEX)
def test_webex_tells_the_meeting_and_the_name_that_is_shown(language: str) -> None:
    given, family, shown = GIVEN_FAMILY_SHOWN[language]
    meeting = "RPA,2026-08-05 12:00:00,2026-08-05 13:00:00"
    row = f"{meeting},{shown},{given},{family},x,a@example.com,{TIMES},{FIFTY[language]},x"
    assert read(WEBEX[language], row) == ([(shown, "a@example.com", 50)], [], "RPA")


def test_a_heading_with_two_senses_has_that_of_the_files_language() -> None:
    assert read("名字,名,メール", "山田,花子,a@example.com")[0] == [("山田 花子", "a@example.com", None)]
    assert read("名字,姓氏,时长", "伟,王,50 分钟")[0] == [("王 伟", None, 50)]
    assert read("미팅 이름,표시 이름,이메일", "RPA,김철수,a@example.com")[2] == "RPA"


def test_of_languages_with_as_many_headings_japanese_and_english_come_first() -> None:
    spoken = frozenset({"fr", "en", "de"})
    columns = Column(0, "Name", "name", languages=spoken), Column(1, "Email", "email", languages=spoken)
    assert Headings(line=1, begins=0, records=1, columns=columns).languages == ["en", "de", "fr"]
