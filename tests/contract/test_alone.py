"""What another team gets with `pip install ekkyo-shared`: the contracts, with pydantic and nothing else."""

import subprocess
import sys
from textwrap import dedent

ALLOWED = {"ekkyo", "pydantic", "pydantic_core", "annotated_types", "typing_extensions", "typing_inspection"}
"""pydantic, and what pydantic brings."""


def python(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", dedent(program)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_contracts_import_where_nothing_but_pydantic_is_installed() -> None:
    printed = python(
        f"""
        import importlib.metadata, sys

        class Nothing:
            def find_spec(self, name, path=None, target=None):
                top = name.partition(".")[0]
                if not (top in {ALLOWED!r} or top in sys.stdlib_module_names or top.startswith("_")):
                    raise ModuleNotFoundError(name)

        importlib.metadata.distributions = lambda **_: ()  # pydantic looks for plugins among what is installed
        sys.meta_path.insert(0, Nothing())
        from ekkyo.contracts import COMMANDS, events
        from ekkyo.contracts.base import new_id
        events.GetEvent(event_id=new_id()).model_dump_json()
        assert events.RegisterForEvent.model_json_schema()["properties"]
        print(len(COMMANDS), *sorted(name for name in sys.modules if name.startswith("ekkyo")))
        """
    )
    count, *imported = printed.split()
    assert int(count) > 20
    assert {name for name in imported if not name.startswith("ekkyo.contracts")} == {"ekkyo"}


def test_the_client_needs_its_extra_alone() -> None:
    printed = python("import ekkyo.client, sys; print(*{name.partition('.')[0] for name in sys.modules})")
    assert not {"faststream", "motor", "pymongo", "jwt", "structlog", "uvicorn", "opentelemetry"} & set(printed.split())


def test_a_schema_tells_what_stands_below_a_field_and_importing_does_not_look_for_it() -> None:
    python(
        """
        import inspect
        inspect.getsource = inspect.findsource = None
        import ekkyo.contracts
        """
    )
    from ekkyo.contracts.base import Model

    class Written(Model):
        """Not at the top of its module, where nobody looks for it."""

        when: int
        """A year."""

    assert "description" not in Written.model_json_schema()["properties"]["when"]
    from ekkyo.contracts.events import EventDetails, RegisterForEvent

    fields = {**EventDetails.model_json_schema()["properties"], **RegisterForEvent.model_json_schema()["properties"]}
    assert [name for name, field in fields.items() if field.get("description")]


def test_a_service_is_imported_fast_enough_to_be_ready_in_two_seconds() -> None:
    """CPU seconds, which a busy machine does not stretch much; the rest of the start waits for servers."""
    used = float(python("import ekkyo_events.app, time; print(time.process_time())"))
    assert used < 2
