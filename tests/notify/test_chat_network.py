"""Where notify posts to: allowed hosts, at addresses that were checked. Nothing but loopback is dialled."""

import httpcore
import pytest
from ekkyo_notify.channels import Never, NotNow
from ekkyo_notify.channels.chat.network import CheckedNetwork, Refused, is_private, is_public, resolve
from ekkyo_notify.channels.chat.webhooks import Webhooks
from ekkyo_notify.model.chat_hosts import WELL_KNOWN, ChatHosts
from pydantic import SecretStr

from tests.notify.servers import CHATS_HERE, ChatServer

PUBLIC = [
    "8.8.8.8",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.0.1",
    "172.32.0.1",
    "223.255.255.255",
    "2606:4700::1",
    "2a00:1450:4001::1",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]
PRIVATE = [
    "127.0.0.1",
    "127.255.255.254",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "100.127.255.255",
    "::1",
    "fd00::1",
    "fc00::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::10.0.0.1",
]
NEVER = [
    "0.0.0.0",
    "0.1.2.3",
    "169.254.169.254",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::127.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:a9fe:a9fe::1",
    "3fff::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "4000::1",
    "2130706433",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "127.1",
    "localhost",
    "",
]


@pytest.mark.parametrize(
    ("address", "kind"),
    [*((a, "public") for a in PUBLIC), *((a, "private") for a in PRIVATE), *((a, "never") for a in NEVER)],
)
def test_an_address_is_public_or_private_or_never_dialled(address: str, kind: str):
    assert (is_public(address), is_private(address)) == (kind == "public", kind == "private")


class Dialled(httpcore.AsyncNetworkBackend):
    """Remembers what would have been dialled."""

    def __init__(self) -> None:
        self.to: list[str] = []

    async def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):  # noqa: ASYNC109
        self.to.append(host)
        raise httpcore.ConnectError


async def dial(found: list[str], *, inside: bool = False) -> list[str] | type[Exception]:
    """Connect to a name with these addresses: what was dialled, or why nothing was."""
    dialled = Dialled()
    asked = []

    async def answers(host: str, port: int) -> list[str]:
        asked.append(host)
        return found

    network = CheckedNetwork(lambda _host, _port: inside, resolve=answers, backend=dialled)
    try:
        await network.connect_tcp("hooks.slack.com", 443, 1)
    except Refused:
        assert dialled.to == []
        return Refused
    except httpcore.ConnectError:
        pass
    assert asked == ["hooks.slack.com"]
    return dialled.to


async def test_a_name_is_resolved_once_and_what_was_checked_is_dialled():
    assert await dial(["8.8.8.8", "2606:4700::1"]) == ["8.8.8.8", "2606:4700::1"]
    assert await dial([]) == []


@pytest.mark.parametrize("address", [*PRIVATE, *NEVER])
async def test_a_name_with_one_address_that_is_not_public_is_not_dialled_at_all(address: str):
    for found in ([address], ["8.8.8.8", address], [address, "8.8.8.8"]):
        assert await dial(found) is Refused
        assert await dial(found, inside=True) == (found if address in PRIVATE else Refused)


@pytest.mark.parametrize("spelt", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "localhost", "::1"])
async def test_whatever_a_system_reads_as_an_address_is_checked_after_it_was_read(spelt: str):
    dialled = Dialled()
    with pytest.raises((Refused, httpcore.ConnectError)):
        await CheckedNetwork(lambda *_: False, resolve=resolve, backend=dialled).connect_tcp(spelt, 80, 5)
    assert dialled.to == []


DEFAULT = ChatHosts.parse(WELL_KNOWN)
OWN = ChatHosts.parse("chat.example.com:8443,*.example.org", "http://127.0.0.1:*,mattermost.corp.example")


@pytest.mark.parametrize(
    ("url", "hosts", "allowed"),
    [
        ("https://hooks.slack.com/services/T0/B0/x", DEFAULT, True),
        ("https://HOOKS.slack.com./services/T0/B0/x", DEFAULT, True),
        ("https://acme.webhook.office.com/webhookb2/x", DEFAULT, True),
        ("https://chat.googleapis.com/v1/spaces/x/messages?key=k&token=t", DEFAULT, True),
        ("http://hooks.slack.com/services/T0/B0/x", DEFAULT, False),
        ("https://hooks.slack.com:8443/services", DEFAULT, False),
        ("https://hooks.slack.com:0/services", DEFAULT, False),
        ("https://webhook.office.com/x", DEFAULT, False),
        ("https://evilwebhook.office.com/x", DEFAULT, False),
        ("https://hooks.slack.com.evil.example/x", DEFAULT, False),
        ("https://hooks.slack.com@127.0.0.1/x", DEFAULT, False),
        ("https://127.0.0.1\\@hooks.slack.com/x", DEFAULT, False),
        ("https://user@hooks.slack.com/x", DEFAULT, False),
        ("https://hooks.slack.com%2eevil.example/x", DEFAULT, False),
        ("https://ｈooks.slack.com/x", DEFAULT, False),
        ("https://127.0.0.1/x", DEFAULT, False),
        ("https://169.254.169.254/latest/meta-data", DEFAULT, False),
        ("https://[::ffff:127.0.0.1]/x", DEFAULT, False),
        ("https://2130706433/x", DEFAULT, False),
        ("ftp://hooks.slack.com/x", DEFAULT, False),
        ("https://[bad/x", DEFAULT, False),
        ("https://hooks.slack.com:port/x", DEFAULT, False),
        ("https:///x", DEFAULT, False),
        ("https://chat.example.com:8443/x", OWN, True),
        ("https://chat.example.com/x", OWN, False),
        ("https://a.example.org/x", OWN, True),
        ("https://mattermost.corp.example/hooks/x", OWN, True),
        ("http://mattermost.corp.example/hooks/x", OWN, False),
        ("http://127.0.0.1:1/x", OWN, True),
        ("https://127.0.0.1:1/x", OWN, False),
        ("https://hooks.slack.com/services/T0/B0/x", OWN, False),
    ],
)
def test_a_webhook_is_at_an_allowed_host(url: str, hosts: ChatHosts, allowed: bool):
    assert hosts.allows(url) is allowed


@pytest.mark.parametrize("text", ["https://a.example/path", "a b.example", "ftp://a.example", "a.example:port", "*"])
def test_a_list_of_hosts_that_is_none_is_refused(text: str):
    with pytest.raises(ValueError, match="hosts with commas"):
        ChatHosts.parse(text)


def test_a_public_host_is_reached_over_https_alone():
    with pytest.raises(ValueError, match="https"):
        ChatHosts.parse("http://chat.example.com")


async def test_a_host_that_was_allowed_once_is_checked_again_at_each_sending(chat: ChatServer):
    no_longer = Webhooks(ChatHosts.parse(WELL_KNOWN))
    public_only = Webhooks(ChatHosts.parse("localhost:*"))
    for webhooks, url in (
        (no_longer, chat.url()),
        (public_only, f"https://localhost:{chat.port}/x"),
    ):
        with pytest.raises(Never) as refused:
            await webhooks.send("x", SecretStr(url), {})
        assert refused.value.reason == "chat_host_not_allowed"
        assert refused.value.__context__ is None
        await webhooks.close()
    assert chat.asked == 0


async def test_tls_is_spoken_with_the_name_and_not_with_the_address(chat: ChatServer):
    webhooks = Webhooks(ChatHosts.parse("", f"127.0.0.1:*,{CHATS_HERE}"), timeout=2)
    with pytest.raises(NotNow):
        await webhooks.send("x", SecretStr(f"https://127.0.0.1:{chat.port}/x"), {})  # which speaks no TLS
    assert chat.posts == []
    await webhooks.close()
