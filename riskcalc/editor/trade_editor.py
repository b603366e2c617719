"""The editor: the mutable view model of the screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from riskcalc import presets
from riskcalc.book.added import added_by
from riskcalc.book.risk_records import BookRisk
from riskcalc.book.use import book_use
from riskcalc.domain import Comparison, QuotedListing, StressRow, TradePlan
from riskcalc.domain.trading_day import ANY_DAY, TradingDay
from riskcalc.editor import edits
from riskcalc.editor.book_account import BookFigures
from riskcalc.editor.draft import Draft, on_quotes, open_draft
from riskcalc.editor.editing.field import Field
from riskcalc.editor.fields import by_key, fields
from riskcalc.editor.state import State, one_line
from riskcalc.editor.undo_history import History
from riskcalc.errors import RiskcalcError
from riskcalc.planning import stress
from riskcalc.records import replace


class TradeEditor:
    """A trade being edited; editing methods replace `state` and never raise a `RiskcalcError`.

    Parameters
    ----------
    draft : Draft
        The trade to start with; see `open_draft`.
    opened : Draft, optional
        As its preset opens, where the draft has been edited before: what `reset` goes back to.
    chain_path : Path, optional
        File of the draft's chain, for the session to find it again.

    Examples
    --------
    >>> from riskcalc.presets import load_preset
    >>> from riskcalc.editor import TradeEditor, open_draft
    >>> editor = TradeEditor(open_draft(load_preset("iwm-call-spread")))
    >>> editor.step("exits.stop", 1)
    >>> editor.field("exits.stop").text(editor.state.draft), editor.state.badge.text.strip()
    ('6.5', 'NO: stop 6.5% > 6.0%')
    """

    def __init__(self, draft: Draft, *, opened: Draft | None = None, chain_path: Path | None = None) -> None:
        self._chain_paths = [(draft.chain, chain_path)]
        self._history = History()
        self._clean = [draft if opened is None else opened]
        self.day = ANY_DAY
        """What plans are held against; see `hold_against`."""
        self.book: BookRisk | None = None
        self._listed: tuple[Draft, tuple[Field, ...]] | None = None
        self._state = State(draft=draft, plan=None)
        self._planned = False

    @property
    def state(self) -> State:
        """The draft with its plan, made when it is first asked for: by then day and book are known."""
        self.plan_now()
        return self._state

    def plan_now(self) -> None:
        """Make the first plan, unless it has been made."""
        if not self._planned:
            self._show(self._state.draft)

    @property
    def chain_path(self) -> Path | None:
        """File of the draft's quotes; None without one."""
        chain = self.state.draft.chain
        return next((path for known, path in self._chain_paths if chain is not None and known is chain), None)

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields of the draft, in the order of the form."""
        draft = self.state.draft
        if self._listed is None or self._listed[0] is not draft:
            self._listed = draft, fields(draft)
        return self._listed[1]

    def field(self, key: str) -> Field:
        """Return the field of a key; raises KeyError when the draft has none such."""
        return by_key(self.fields, key)

    def is_gone(self, key: str) -> bool:
        """Return whether a key is of a leg or a target that the draft has no more.

        Keys come faster than frames: the leg may go while one is on its way.
        """
        known = any(field.key == key for field in self.fields)
        return not known and key.startswith(("legs.", "exits.targets."))

    def step(self, key: str, count: int) -> None:
        """Step a field on its grid."""
        self._edit(key, lambda field, draft: field.step(draft, count))

    def slide(self, key: str, position: float) -> None:
        """Set a field by a place on its slider, from 0 to 1."""
        self._edit(key, lambda field, draft: field.at(draft, position))

    def enter(self, key: str, text: str) -> None:
        """Set a field to what is typed; a text that cannot be read becomes the problem."""
        self._edit(key, lambda field, draft: field.enter(draft, text))

    def check(self, key: str, text: str) -> str:
        """Return what is wrong with a typed text, without setting it; empty when nothing is."""
        if self.is_gone(key):
            return "the trade has no such field any more"
        try:
            self.field(key).enter(self.state.draft, text)
        except RiskcalcError as error:
            return one_line(error)
        return ""

    def reset(self, key: str) -> None:
        """Set a field to what it was when the trade was opened or saved."""
        self._history.rest()
        clean = self._clean_draft(self.state.draft)
        if any(field.key == key for field in fields(clean)):
            self._edit(key, lambda field, draft: field.copied(draft, clean))
            self._history.rest()

    def rest(self) -> None:
        """End the group of changes that one undo reverts."""
        self._history.rest()

    def forget_problem(self) -> None:
        """Discard a refused text."""
        if self.state.problem:
            self._show(self.state.draft)

    def hold_against(self, day: TradingDay) -> None:
        """Hold this plan and all later ones against a day: its signals, events and open interest."""
        self.day = day
        self._show_again(self._state.draft)
        if self._state.pinned_draft is not None:
            self.pin_draft(self._state.pinned_draft)

    def hold_beside(self, book: BookRisk | None) -> None:
        """Take open risk and buying power from a book where they were not typed; None lets go of it."""
        figures = BookFigures(None if book is None else book_use(book))
        self.book = book
        self._clean = [figures.set_in(draft) for draft in self._clean]
        self._history.change(figures.set_in)
        if self._state.pinned_draft is not None:
            self.pin_draft(figures.set_in(self._state.pinned_draft))
        self._show_again(figures.set_in(self._state.draft))

    def undo(self) -> None:
        """Undo the last group of changes."""
        self._go_to(self._history.undo(self.state.draft))

    def redo(self) -> None:
        """Redo the last undone changes."""
        self._go_to(self._history.redo(self.state.draft))

    def change(self, change: Callable[[Draft], Draft], *, burst: str = "") -> None:
        """Edit the draft as a whole; what cannot be done becomes the problem, and changes nothing."""
        try:
            after = change(self.state.draft)
        except RiskcalcError as error:
            self._set(problem=one_line(error), problem_key="")
            return
        self._apply(after, burst=burst)

    def add_leg(self) -> None:
        """Add a bought option, one strike beyond the last, or at the money to shares."""
        self.change(edits.with_added_leg)

    def delete_leg(self, index: int) -> None:
        """Delete a leg; the only one stays."""
        self.change(lambda draft: edits.without_leg(draft, index))

    def add_target(self) -> None:
        """Add a target beyond the last."""
        self.change(edits.with_added_target)

    def delete_target(self, index: int) -> None:
        """Delete a target; its part goes to a neighbor."""
        self.change(lambda draft: edits.without_target(draft, index))

    def shift_strikes(self, count: int) -> None:
        """Move all strikes together, widths locked."""
        self.change(lambda draft: edits.with_shifted_strikes(draft, count), burst="strikes")

    def pin(self) -> None:
        """Pin the trade as A and continue with B; unpin A if there is one."""
        state = self.state
        keep = state.pinned is None and not state.stale
        self._set(
            pinned=state.plan if keep else None,
            pinned_draft=state.draft if keep else None,
        )

    def pin_draft(self, draft: Draft) -> None:
        """Pin another trade as A, from an earlier session; ignore it if it cannot be planned."""
        try:
            self._set(pinned=draft.plan(self.day), pinned_draft=draft)
        except RiskcalcError:
            self._set(pinned=None, pinned_draft=None)

    def swap(self) -> None:
        """Swap A and B."""
        state = self.state
        if state.pinned_draft in (None, state.draft) or state.stale:
            return
        self._history.record(state.draft)
        self._set(pinned=state.plan, pinned_draft=state.draft)
        self._show(state.pinned_draft)

    def open(self, name_or_path: str | Path) -> str:
        """Open another preset; what is wrong with it when it cannot be, else nothing."""
        return self._open(lambda: self._draft_of(name_or_path))

    def preview(self, name_or_path: str | Path) -> TradePlan | str:
        """Return the plan of a preset as it would open, or what is wrong with it."""
        try:
            return self._draft_of(name_or_path).plan(self.day)
        except RiskcalcError as error:
            return one_line(error)

    def quoted(self, chain: QuotedListing) -> Draft:
        """Return the draft on real quotes; see `on_quotes`, which is slow enough for a thread."""
        return on_quotes(self.state.draft, chain)

    def plan(self, draft: Draft) -> TradePlan:
        """Return the plan of a draft, held against the day; what is slow of it is cached for the next one."""
        return draft.plan(self.day)

    def go_on_with(self, draft: Draft, *, chain_path: Path | None = None) -> None:
        """Continue with another draft; the path of its chain is saved in the session."""
        self._open(lambda: draft)
        self._chain_paths.append((draft.chain, chain_path))

    def load_chain(self, chain: QuotedListing, *, path: Path | None = None) -> str:
        """Load real quotes for the preset; return the problem, if any."""
        try:
            self.go_on_with(self.quoted(chain), chain_path=path)
        except RiskcalcError as error:
            return one_line(error)
        return ""

    def save(self) -> str:
        """Save the trade to its own file, a shipped preset to the user's folder; return a message."""
        from riskcalc.editor.files import saved  # noqa: PLC0415 - the first plan needs no file

        return self._save(saved)

    def save_as(self, name: str, *, force: bool = False) -> str:
        """Save the trade under a name in the user's folder; return a message."""
        from riskcalc.editor.files import saved_as  # noqa: PLC0415 - as above

        return self._save(lambda draft: saved_as(draft, name, force=force))

    def reproduce(self) -> str:
        """Return the command line that prints this plan."""
        from riskcalc.editor.command_line import reproduce  # noqa: PLC0415 - as above

        return reproduce(self.state.draft)

    def left_out(self) -> tuple[str, ...]:
        """Return what the command line cannot reproduce of the plan."""
        from riskcalc.editor.command_line import left_out  # noqa: PLC0415 - as above

        return left_out(self.state.draft)

    def vehicles(self) -> Comparison | str:
        """Compare shares, the leveraged fund and an option trade at equal risk; or return the problem."""
        from riskcalc.editor.vehicles import vehicles  # noqa: PLC0415 - the first plan needs none

        try:
            return vehicles(self.state.draft)
        except RiskcalcError as error:
            return one_line(error)

    def stress(self) -> tuple[StressRow, ...] | str:
        """Stress the plan with every scenario; or return the problem."""
        state = self.state
        if state.plan is None or state.stale:
            return state.problem or "no plan to stress"
        try:
            return stress(state.plan, presets.load_scenarios(), account=state.draft.account)
        except RiskcalcError as error:
            return one_line(error)

    def _draft_of(self, name_or_path: str | Path) -> Draft:
        draft = self.state.draft
        return open_draft(presets.load_preset(name_or_path, book=draft.preset.book), today=draft.today)

    def _edit(self, key: str, change: Callable[[Field, Draft], Draft]) -> None:
        before = self.state.draft
        if self.is_gone(key):
            return
        try:
            after = change(self.field(key), before)
        except RiskcalcError as error:
            # The draft is unchanged; the screen still shows the refused text.
            self._set(problem=one_line(error), problem_key=key, stale=True)
            return
        self._apply(after, burst=key, key=key)

    def _apply(self, after: Draft, *, burst: str, key: str = "") -> None:
        before = self.state.draft
        if after is not before and after != before:
            self._history.record(before, burst=burst)
            self._show(after, key=key)
        elif self.state.problem:
            self._show(before, key=key)

    def _go_to(self, draft: Draft) -> None:
        if draft is not self.state.draft:
            self._show(draft)

    def _open(self, opened: Callable[[], Draft]) -> str:
        try:
            draft = opened()
        except RiskcalcError as error:
            return one_line(error)
        self._history.record(self.state.draft)
        self._clean.append(draft)
        self._show(draft)
        return ""

    def _save(self, write: Callable[[Draft], Draft]) -> str:
        before = self.state.draft
        try:
            after = write(before)
        except RiskcalcError as error:
            return one_line(error)
        self._history.rest()
        self._history.saved_as(before.preset, after.preset)
        self._clean.append(after)
        self._show(after)
        return f"saved {after.preset.path}"

    def _show(self, draft: Draft, *, key: str = "") -> None:
        """Plan a draft; on failure keep the last valid plan."""
        self._planned = True
        plan, problem, added = self._state.plan, "", self._state.added
        try:
            plan = draft.plan(self.day)
            added = () if self.book is None else added_by(plan, self.book)
        except RiskcalcError as error:
            problem = one_line(error)
        self._set(
            draft=draft,
            plan=plan,
            added=added,
            problem=problem,
            problem_key=key if problem else "",
            stale=bool(problem),
            dirty=draft != self._clean_draft(draft),
        )

    def _show_again(self, draft: Draft) -> None:
        """Plan a draft, unless the first plan is still to come."""
        if self._planned:
            self._show(draft)
        else:
            self._set(draft=draft)

    def _set(self, **changes: Any) -> None:  # noqa: ANN401 - the fields of a State
        self._state = replace(self._state, **changes)

    def _clean_draft(self, draft: Draft) -> Draft:
        """The draft as last opened or saved, on the same chain."""
        return next(
            (
                clean
                for clean in reversed(self._clean)
                if clean.preset is draft.preset and clean.chain is draft.chain
            ),
            self._clean[0],
        )
