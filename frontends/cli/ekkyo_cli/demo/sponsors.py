"""The report that the community's sponsor gets: a leader looks at it, and sends it."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from ekkyo.client import Ekkyo
from ekkyo.contracts.base import Refused, new_id
from ekkyo.contracts.members import AddSponsor, Sponsor
from ekkyo.contracts.notify import PreviewReport, ReportPreview, SendReport
from ekkyo.contracts.reports import Report
from ekkyo_common.report.sending import mailable

from ekkyo_cli.demo import season
from ekkyo_cli.demo.listen import Listener


async def add(steward: Ekkyo, community_id: str) -> Sponsor:
    """Have the sponsor get the community's report from now on."""
    name, email = season.SPONSOR
    return await steward.send(AddSponsor(sponsor_id=new_id(), community_id=community_id, name=name, email=email))


async def send(leader: Ekkyo, sponsor: Sponsor, report: Report, heard: Listener, mailbox: Path) -> str:
    """Look at the mail as the sponsor would get it, send it, and find it at the mail server. Raises Refused."""
    month, made = str(report.period), mailable(report)
    seen = await leader.ask(
        PreviewReport(
            community_id=sponsor.community_id, month=month, report=made, locale="ja", sponsor_id=sponsor.sponsor_id
        )
    )
    release = SendReport(community_id=sponsor.community_id, month=month, report=made, sponsors=[sponsor.sponsor_id])
    sent = await leader.send(release)
    await heard.told("report_sent", sent.report_id, sponsor.sponsor_id)
    size = _as_seen(_mail(mailbox, sponsor.email), seen)
    return (
        f"A leader looked at the monthly report and sent it to the sponsor, {sponsor.name}: its first page as a mail, "
        f"the whole attached ({size // 1000} kB). It is of {month}, the last month that is over; the season's is not"
    )


def _mail(mailbox: Path, to: str) -> EmailMessage:
    for file in mailbox.glob("*.eml"):
        raw = file.read_bytes()
        if f"Delivered-To: {to}".encode() in raw:
            return message_from_bytes(raw, policy=policy.default)
    raise Refused("mail_differs", f"The mailbox has no mail to {to}.")


def _as_seen(mail: EmailMessage, seen: ReportPreview) -> int:
    """How many bytes the report has that is attached to the mail. Raises Refused where it is not what was seen."""
    files = {part.get_filename(): part for part in mail.iter_attachments()}
    if str(mail["Subject"]) != seen.subject or seen.file_name not in files:
        raise Refused("mail_differs", f"The sponsor's mail is not {seen.subject} with {seen.file_name}.")
    return len(files[seen.file_name].get_content().encode())
