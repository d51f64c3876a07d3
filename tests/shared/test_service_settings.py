"""Settings: everything that is wrong is told at once, and no secret is ever shown."""

import io
import json
import logging
import subprocess
import sys

import pytest
import structlog
from ekkyo.installation.login import make_nkey
from ekkyo.process import logs
from ekkyo.service import Settings, WrongSettings
from ekkyo.wire import context
from pydantic import Field


@pytest.fixture
def environ(tmp_path):
    jwks = tmp_path / "jwks.json"
    jwks.write_text('{"keys": []}')
    return {
        "EKKYO_NATS_URL": "nats://127.0.0.1:4222",
        "EKKYO_NATS_PASSWORD": "hush-nats",
        "EKKYO_MONGO_URL": "mongodb://events:hush-mongo@127.0.0.1/",
        "EKKYO_JWKS_FILE": str(jwks),
    }


def test_what_is_left_out_follows_from_the_services_name(environ):
    settings = Settings.load("events", environ | {"EKKYO_NATS_USER": ""})
    assert settings.nats_user == "events"
    assert settings.mongo_database == "ekkyo_events"
    assert settings.inbox_prefix == "_INBOX.events"
    assert settings.mongo_driver == "motor"


def test_the_inbox_goes_with_the_user(environ):
    settings = Settings.load("events", environ | {"EKKYO_NATS_USER": "ops"})
    assert settings.inbox_prefix == "_INBOX.ops"
    assert settings.mongo_database == "ekkyo_events"


def test_everything_wrong_is_told_at_once_one_line_each(environ):
    del environ["EKKYO_NATS_PASSWORD"]
    wrong = {"EKKYO_HTTP_PORT": "much", "EKKYO_MONGO_DRIVR": "pymongo", "EKKYO_JWKS_FILE": "/nowhere", "EKKYO_X": "1"}
    with pytest.raises(WrongSettings) as caught:
        Settings.load("events", environ | wrong)
    told = {line.split()[0]: line for line in caught.value.lines}
    assert set(told) == {
        "EKKYO_NATS_PASSWORD",
        "EKKYO_HTTP_PORT",
        "EKKYO_MONGO_DRIVR",
        "EKKYO_JWKS_FILE",
        "EKKYO_X",
    }
    assert "is missing: set it to the NATS user's password" in told["EKKYO_NATS_PASSWORD"]
    assert "is wrong: set it to their port, 1 to 65535" in told["EKKYO_HTTP_PORT"]
    assert "did you mean EKKYO_MONGO_DRIVER?" in told["EKKYO_MONGO_DRIVR"]
    assert "remove it" in told["EKKYO_X"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EKKYO_NATS_URL", "http://127.0.0.1:4222"),
        ("EKKYO_NATS_URL", "nats://user:hush@127.0.0.1:4222"),
        ("EKKYO_NATS_URL", "nats://one:4222,"),
        ("EKKYO_MONGO_URL", "postgres://hush@127.0.0.1"),
        ("EKKYO_MONGO_DRIVER", "hush"),
        ("EKKYO_LOG_LEVEL", "hush"),
        ("EKKYO_STOP_SECONDS", "0"),
    ],
)
def test_a_wrong_value_is_named_but_not_repeated(environ, name, value):
    with pytest.raises(WrongSettings) as caught:
        Settings.load("events", environ | {name: value})
    [line] = caught.value.lines
    assert line.startswith(f"{name} is wrong: ")
    assert "hush" not in line


def test_a_service_may_need_more(environ):
    class More(Settings):
        smtp_url: str = Field(description="where mail is handed over")

    with pytest.raises(WrongSettings, match="EKKYO_SMTP_URL is missing: set it to where mail is handed over"):
        More.load("notify", environ)
    assert More.load("notify", environ | {"EKKYO_SMTP_URL": "smtp://mail"}).smtp_url == "smtp://mail"
    with pytest.raises(WrongSettings, match="EKKYO_SMTP_URL is unknown"):
        Settings.load("events", environ | {"EKKYO_SMTP_URL": "smtp://mail"})


def test_secrets_are_not_shown(environ):
    settings = Settings.load("events", environ)
    for shown in (repr(settings), str(settings), settings.model_dump_json(), f"{settings.mongo_url}"):
        assert "hush" not in shown
    assert settings.nats_password.get_secret_value() == "hush-nats"


def test_a_secret_may_be_in_a_file(environ, tmp_path):
    del environ["EKKYO_MONGO_URL"]
    file = tmp_path / "mongo-url"
    file.write_text("mongodb://events:hush-file@127.0.0.1/\n")
    settings = Settings.load("events", environ | {"EKKYO_MONGO_URL_FILE": str(file)})
    assert settings.mongo_url.get_secret_value() == "mongodb://events:hush-file@127.0.0.1/"
    with pytest.raises(WrongSettings) as caught:
        Settings.load("events", environ | {"EKKYO_MONGO_URL_FILE": "/nowhere", "EKKYO_NATS_URL_FILE": str(file)})
    assert [line.split(":")[0] for line in caught.value.lines] == [
        "EKKYO_NATS_URL_FILE is unknown",
        "EKKYO_MONGO_URL_FILE is wrong",
    ]
    both = environ | {"EKKYO_NATS_PASSWORD_FILE": str(file)}
    with pytest.raises(WrongSettings, match=r"EKKYO_NATS_PASSWORD_FILE is wrong: .*EKKYO_NATS_PASSWORD to nothing"):
        Settings.load("events", both | {"EKKYO_MONGO_URL": "mongodb://127.0.0.1/"})


def test_an_nkey_stands_in_for_a_password(environ, tmp_path):
    del environ["EKKYO_NATS_PASSWORD"]
    seed = tmp_path / "nats.nk"
    seed.write_bytes(make_nkey()[0] + b"\n")
    login = Settings.load("events", environ | {"EKKYO_NATS_NKEY_FILE": str(seed)}).nats_login
    assert login.options() == {"nkeys_seed": str(seed)}
    for wrong in (b"hush", make_nkey()[1].encode()):
        seed.write_bytes(wrong)
        with pytest.raises(WrongSettings, match=r"^EKKYO_NATS_NKEY_FILE is wrong: set it to a readable file"):
            Settings.load("events", environ | {"EKKYO_NATS_NKEY_FILE": str(seed)})


def test_tls_is_told_whole_or_not_at_all(environ, tmp_path):
    (tmp_path / "x").write_text("hush")
    with pytest.raises(WrongSettings) as caught:
        Settings.load("events", environ | {"EKKYO_NATS_TLS_CERT": str(tmp_path / "x")})
    assert [line.split()[0] for line in caught.value.lines] == ["EKKYO_NATS_TLS_CA", "EKKYO_NATS_TLS_KEY"]
    with pytest.raises(WrongSettings, match="EKKYO_NATS_TLS_CA is wrong"):
        Settings.load("events", environ | {"EKKYO_NATS_TLS_CA": str(tmp_path / "x")})


def test_the_console_command_tells_wrong_settings_and_exits_2():
    done = subprocess.run(
        [sys.executable, "-c", "from ekkyo.service import Service, run; run(Service('events', routers=[]), ['serve'])"],
        env={"EKKYO_NATS_PASSWORD": "hush", "EKKYO_TYPO": "hush", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert [line.split()[0] for line in lines] == [
        "EKKYO_TYPO",
        "EKKYO_NATS_URL",
        "EKKYO_MONGO_URL",
        "EKKYO_JWKS_FILE",
    ]
    assert "hush" not in done.stderr


def test_help_explains_every_variable(capsys):
    from ekkyo.service import Service, run

    with pytest.raises(SystemExit) as ended:
        run(Service("events", routers=[]), ["--help"])
    shown = capsys.readouterr().out
    assert ended.value.code == 0
    assert "serve" in shown
    assert "provision" in shown
    for name in Settings.model_fields:
        assert f"EKKYO_{name.upper()}" in shown


# logs


@pytest.fixture
def lines():
    root = logging.getLogger()
    before = root.handlers[:], root.level
    out = io.StringIO()
    yield out
    root.handlers, root.level = before
    structlog.reset_defaults()


def test_a_line_is_json_with_service_and_trace(lines):
    logs.configure(service="events", to=lines)
    token = context.traceparent.set("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    try:
        structlog.stdlib.get_logger("ekkyo").info("answered", operation="events.register", outcome="done", seconds=0.1)
        logging.getLogger("ekkyo.broker").warning("lost %d", 3, extra={"reaction": "notify-tell"})
    finally:
        context.traceparent.reset(token)
    ours, stdlib = (json.loads(line) for line in lines.getvalue().splitlines())
    assert ours["event"] == "answered"
    assert ours["operation"] == "events.register"
    assert ours["level"] == "info"
    assert stdlib["event"] == "lost 3"
    assert stdlib["reaction"] == "notify-tell"
    for line in (ours, stdlib):
        assert line["service"] == "events"
        assert line["trace"] == "0af7651916cd43dd8448eb211c80319c"


def test_a_slip_does_not_put_a_secret_into_a_line(lines):
    logs.configure(service="events", to=lines)
    structlog.stdlib.get_logger("ekkyo").info("x", Authorization="Bearer hush", token="hush", email="a@b.c")
    assert "hush" not in lines.getvalue()
    assert "a@b.c" not in lines.getvalue()


def test_an_exception_is_one_line_without_the_values_of_variables(lines):
    logs.configure(service="events", to=lines)
    secret = "hush"
    try:
        raise ValueError("no") if secret else AssertionError
    except ValueError:
        logging.getLogger("ekkyo").exception("broke")
    [line] = lines.getvalue().splitlines()
    assert "hush" not in line
    assert "ValueError" in line


def test_text_is_for_people(lines):
    logs.configure(service="events", format="text", to=lines)
    structlog.stdlib.get_logger("ekkyo").info("ready", port=8080)
    assert "ready" in lines.getvalue()
    assert not lines.getvalue().startswith("{")


def test_the_level_holds_for_all(lines):
    logs.configure(service="events", level="warning", to=lines)
    structlog.stdlib.get_logger("ekkyo").info("x")
    logging.getLogger("ekkyo.broker").info("x")
    assert lines.getvalue() == ""


def test_a_callers_token_in_the_environment_is_nothing_to_a_service(environ):
    assert "hush-token" not in repr(Settings.load("events", environ | {"EKKYO_TOKEN": "hush-token"}))
