"""What a run hands to the machine code: one record of addresses and numbers.

Needs    nothing
Gives    ``FIELDS``: its entries in order, 8 bytes each
Leaves   filling it: see ``kernels.population``

Arrays hold 64-bit numbers or integers, but for ``work``, ``buffer``, ``seen`` and ``between``: numbers
of the kernel's own type, in rows of one number for each lane.
"""

from __future__ import annotations

POINTER, INTEGER, NUMBER = "pointer", "integer", "number"

FIELDS: dict[str, str] = {
    # who
    "people": INTEGER,
    "next_person": POINTER,  # shared by all threads; each takes the next person by adding one
    "cancel": POINTER,  # shared; not zero: stop as soon as possible
    "base_parameters": POINTER,  # (parameter,)
    "base_states": POINTER,  # (state,)
    "varied": INTEGER,
    "varied_slot": POINTER,  # (varied,) state index, or number of states + parameter index
    "varied_value": POINTER,  # (person, varied)
    # when
    "stops": INTEGER,
    "stop_time": POINTER,  # (stop,) increasing; the last one is the end
    "stop_events": POINTER,  # (stop + 1,) first event of each stop
    "event_row": POINTER,  # (event,) row of the event table
    "rows": INTEGER,
    "row_slot": POINTER,  # (row,) what it changes, as in varied_slot
    "row_adds": POINTER,  # (row,) 1: adds, 0: sets
    "amount": POINTER,  # (row, person) or (row, 1)
    "amount_row": INTEGER,  # distance between rows of `amount`
    "amount_person": INTEGER,  # distance between people of `amount`, 0 if all get the same
    # what is seen
    "times": INTEGER,
    "time": POINTER,  # (time,) increasing
    "watched": INTEGER,
    "needed": INTEGER,
    "needed_state": POINTER,  # (needed,) the states that watched values are computed from
    "observe": POINTER,  # function
    "result": POINTER,  # (person, time, watched)
    # how
    "first_step": NUMBER,
    "longest_step": NUMBER,
    "most_steps": INTEGER,
    "relative": NUMBER,
    "absolute": NUMBER,
    # what became of each person
    "status": POINTER,  # (person,) 0 done, 1 step too small, 2 too many steps
    "stopped_at": POINTER,  # (person,) time
    "stopped_by": POINTER,  # (person,) state
    "steps": POINTER,  # (person,) steps tried
    "refusals": POINTER,  # (person,) of these, steps taken again
    # memory of one thread
    "work": POINTER,
    "buffer": POINTER,  # (lane, needed) rows: states to be seen, one time in each lane
    "buffer_time": POINTER,  # (lane) rows
    "seen": POINTER,  # (watched) rows
    "between": POINTER,  # (needed) rows: states between two steps
    "remembered": POINTER,  # (row, lane) the step that worked after an event of this row, 0 if none yet
}
