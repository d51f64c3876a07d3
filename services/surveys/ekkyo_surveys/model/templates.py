"""The templates that the leaders of a community write, with all their versions. Pure."""

from collections.abc import Mapping

from ekkyo.contracts.base import FieldError, Model
from ekkyo.contracts.surveys import (
    Form,
    FormQuestion,
    SaveTemplate,
    TemplateList,
    TemplateSaved,
    TemplateState,
    templates_of,
)
from ekkyo.decision import Caller, Decision, Document, Entries, Entry, Refused

from ekkyo_surveys import forms
from ekkyo_surveys.forms import rules

MOST_TEMPLATES = 100
"""Of one community, retired ones among them."""


class Template(Model):
    """What is known of a template without its questions."""

    version: int
    title: dict[str, str]
    questions: int
    retired: bool = False


class Templates(Document):
    """The templates of one community. Its id is `templates_of` the community."""

    community_id: str
    known: dict[str, Template] = {}
    """By key."""
    after_events: str | None = None
    """The key of the one that is used after events."""


class TemplateVersion(Entry):
    """The questions of one version of a template. It never changes."""

    form: Form


def version_key(template: str, version: int) -> str:
    """The key of the entry of a version."""
    return f"{template}~{version:04}"


def save_template(
    templates: Templates | None, versions: Entries[TemplateVersion], cmd: SaveTemplate
) -> Decision[Templates, TemplateState]:
    """Save a template; a new version if its questions are other than those of the newest."""
    it = templates or Templates(id=templates_of(cmd.community_id), community_id=cmd.community_id)
    before = it.known.get(cmd.template)
    kept = versions.get(version_key(cmd.template, before.version)) if before else None
    form = _form(cmd, before.version if before else 0)
    if kept is None or kept.form != form:
        _must_be_newest(cmd, before)
        if cmd.template in forms.BUILT_IN:
            errors = [FieldError(field="template", code="reserved", detail="Expected a key of your own.")]
            raise Refused("malformed", "A built-in template cannot be changed.", 400, errors)
        if before is None and len(it.known) >= MOST_TEMPLATES:
            raise Refused("too_many_templates", f"A community has at most {MOST_TEMPLATES} templates.")
        form = form.model_copy(update={"version": form.version + 1})
        rules.must_make_sense(form)
    after = it.model_copy(
        update={
            "known": {**it.known, cmd.template: _known(form, retired=cmd.retired)},
            "after_events": _after_events(it, cmd),
        }
    )
    told = _state(after, cmd.template)
    if after == it:
        return Decision(it, told)
    new = TemplateVersion(document_id=it.id, key=version_key(cmd.template, form.version), form=form)
    fact = TemplateSaved(templates_id=it.id, community_id=cmd.community_id, template=told, form=form)
    return Decision(after, told, entries=[] if kept and kept.form == form else [new], facts=[fact])


def templates_told(templates: Templates | None) -> TemplateList:
    """The built-in templates, and those of the community."""
    own = [_state(templates, key) for key in sorted(templates.known)] if templates else []
    used = any(one.use_after_events for one in own)
    return TemplateList(
        templates=[
            TemplateState(
                template=form.template,
                version=form.version,
                title=form.title,
                questions=len(form.questions),
                use_after_events=form.template == forms.AFTER_EVENTS and not used,
            )
            for form in forms.built_in()
        ]
        + own
    )


def version_of(templates: Templates | None, template: str, version: int | None) -> str:
    """The key of the entry of a version, or of the newest; there may be none of that key."""
    known = templates.known.get(template) if templates else None
    return version_key(template, version or (known.version if known else 0))


def newest_of(templates: Templates | None, template: str | None) -> str | None:
    """The key of the entry with the newest questions of a template that can be used; None: there is none."""
    known = templates.known.get(template) if templates and template else None
    return version_key(str(template), known.version) if known and not known.retired else None


def after_events(templates: Templates | None) -> str | None:
    """The key of the entry with the questions that are asked after events; None: those of the built-in template."""
    return newest_of(templates, templates.after_events if templates else None)


def form_previewed(version: TemplateVersion | None, who: Caller, community_id: str) -> Form:
    """The questions of a template of this community."""
    who.must_lead(community_id)
    if version is None:
        raise forms.not_found()
    return version.form


def _form(cmd: SaveTemplate, version: int) -> Form:
    questions = [FormQuestion.model_validate(question.model_dump()) for question in cmd.questions]
    said: Mapping[str, object] = cmd.model_dump(include={"template", "title", "random_order", "cross_tables"})
    return Form.model_validate({**said, "version": version, "questions": questions, "sections": cmd.sections})


def _must_be_newest(cmd: SaveTemplate, before: Template | None) -> None:
    there = before.version if before else 0
    if cmd.based_on is not None and cmd.based_on != there:
        raise Refused("template_changed", f"Somebody saved version {there} of this template meanwhile.")


def _known(form: Form, *, retired: bool) -> Template:
    return Template(version=form.version, title=dict(form.title), questions=len(form.questions), retired=retired)


def _after_events(it: Templates, cmd: SaveTemplate) -> str | None:
    """Which template is used after events once this one is saved: one at most, and none that is retired."""
    if cmd.use_after_events and not cmd.retired:
        return cmd.template
    return None if it.after_events == cmd.template else it.after_events


def _state(templates: Templates, key: str) -> TemplateState:
    known = templates.known[key]
    return TemplateState(
        template=key,
        community_id=templates.community_id,
        version=known.version,
        title=known.title,
        questions=known.questions,
        use_after_events=templates.after_events == key,
        retired=known.retired,
    )
