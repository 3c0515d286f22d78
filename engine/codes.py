"""Every finding `kh check` can report: its code, how grave it is, what it is called, and what to do about it.

A code is never given to anything else: scripts rely on it. docs/checks.md has an example of each.
"""

from typing import NamedTuple

from engine.i18n import N_

SEVERITIES = {"error": N_("error"), "warning": N_("warning"), "note": N_("note")}


class Rule(NamedTuple):
    severity: str  # error: the plan cannot be run; warning: probably a mistake; note: good to know
    title: str
    help: str


RULES = {
    # The file and its YAML
    "KH001": Rule("error", N_("Not YAML"), N_(
        "The text does not follow the rules of YAML at this place. Compare the line and the one above it with a line "
        "that works: the indentation, the colon, the space behind it.")),
    "KH002": Rule("error", N_("Not UTF-8, or too large"), N_(
        "Plans are text files in UTF-8 of at most 20 MB. Save the file again and choose UTF-8 as its encoding.")),
    "KH003": Rule("error", N_("Several documents in one file"), N_(
        "One file holds one plan. Remove the line “---” between the two, or put the second into a file of its own.")),
    "KH004": Rule("error", N_("Anchor, alias or merge key"), N_(
        "Shorthands of YAML (&name, *name, <<) hide from the reader what is said. Write the value out; a text that "
        "begins with & or * goes in quotes.")),
    "KH005": Rule("error", N_("Tag"), N_(
        "Tags of YAML (!name) have no meaning in a plan. A text that begins with ! goes in quotes.")),
    "KH006": Rule("error", N_("A comma cuts a value in two"), N_(
        "Between { } a comma ends the value. Put a text that contains a comma in quotes, or write the mapping over "
        "several lines.")),
    "KH007": Rule("error", N_("Nested too deeply"), N_(
        "No plan needs more than 50 levels: most likely the indentation grows by mistake from line to line.")),
    "KH008": Rule("error", N_("A key that is no word"), N_(
        "What stands before the colon is one word of the plan language or an id, never a list or a mapping.")),
    "KH009": Rule("error", N_("The same key twice"), N_(
        "Only one of two values under one key could count. Join them, or give one of them another name.")),
    "KH010": Rule("error", N_("No such day"), N_(
        "A value that looks like a date (2020-02-30) is one the calendar does not have.")),
    "KH011": Rule("error", N_("Neither a plan nor a directory"), N_(
        "A plan has the keys plan, title, document, directory, coordinator, span and stages; a directory has units.")),
    "KH012": Rule("error", N_("A key is missing"), N_(
        "Without this key the plan cannot be run. Add it where the message points.")),
    "KH013": Rule("error", N_("Unknown key"), N_(
        "A key that is not known here would be without effect. Mend its spelling, or its indentation: it may belong a "
        "level higher or lower.")),
    "KH014": Rule("error", N_("Unknown word"), N_(
        "Only a few words may stand here; the message names them.")),
    "KH015": Rule("error", N_("Wrong kind of value"), N_(
        "A text, a number, a date, a list or a mapping is expected here, and something else is written.")),
    "KH016": Rule("error", N_("Characters that cannot stand here"), N_(
        "Ids are letters without marks, digits, and - _ . between them; an address is one plain e-mail address.")),
    "KH017": Rule("error", N_("Too many, too few, too large"), N_(
        "The number or the list lies outside of what the language allows.")),
    "KH018": Rule("error", N_("Values that do not fit together"), N_(
        "Each value is well formed, but not together with the others, or not in this place. The message says what is "
        "expected.")),
    "KH019": Rule("note", N_("File passed over"), N_(
        "The folder holds a YAML file that is neither a plan nor a directory of units; it was not checked.")),
    "KH020": Rule("error", N_("A table of units inside a plan"), N_(
        "units_from stands in a directory file of its own, beside the plan.")),
    "KH021": Rule("error", N_("A file that cannot be read"), N_(
        "The file does not exist, is no regular file, or may not be read. Paths count from the file that names them.")),
    "KH022": Rule("error", N_("A broken table of units"), N_(
        "The table needs the columns id, name and level, and in each row as many cells as in the heading.")),
    "KH023": Rule("error", N_("Tab"), N_(
        "YAML indents by spaces only. Replace the tab by spaces; most editors can do so by themselves.")),
    "KH024": Rule("error", N_("Colon inside a value"), N_(
        "A colon followed by a space makes a key of what stands before it. Put the whole value in quotes.")),
    "KH025": Rule("error", N_("Reading stopped"), N_(
        "The file has so many mistakes or values that the rest was not read. Mend the first ones and check again.")),
    "KH026": Rule("error", N_("A quote or bracket that is never closed"), N_(
        "What is opened at this place runs on to the end of the file or into the next key. Close it.")),
    "KH027": Rule("error", N_("A value begins with a special character"), N_(
        "These characters have a meaning of their own at the beginning of a value. Put the whole value in quotes.")),
    "KH028": Rule("error", N_("Text behind a closing quote"), N_(
        "A value that begins with a quote ends with it. Put the whole value in quotes of the other kind: '\"a\" b'.")),
    "KH029": Rule("error", N_("Indentation that fits nothing above"), N_(
        "Keys of one mapping stand exactly below one another. Indent the line as the line it belongs with.")),
    # Names
    "KH030": Rule("error", N_("Unknown unit or group"), N_(
        "The directory has no unit and no group of this name. Mend the spelling, or add the unit to the directory.")),
    "KH031": Rule("error", N_("Unknown stage"), N_(
        "The plan has no stage of this name.")),
    "KH032": Rule("error", N_("Unknown ladder"), N_(
        "The ladder is neither built in (don-doc, none) nor defined under ladders.")),
    "KH033": Rule("error", N_("A unit and a group of one name"), N_(
        "Units and groups share their names, so that a plan can use either. Rename one of the two.")),
    "KH034": Rule("error", N_("Nobody is left to do it"), N_(
        "On the plan's date the groups named have no unit, or all are excepted: the stage would have no task.")),
    "KH035": Rule("error", N_("Stages that wait for one another"), N_(
        "None of the stages of this circle can ever open, or be dated. Take one of the links away.")),
    "KH036": Rule("error", N_("Waiting for a prohibition"), N_(
        "A prohibition makes no task and is never done: nothing can come after it.")),
    "KH037": Rule("error", N_("A group where one unit is expected"), N_(
        "One unit coordinates, issues, forwards, accepts or presides. Name one unit of the group.")),
    "KH038": Rule("warning", N_("A group under responsible"), N_(
        "Each unit of the group gets a task of its own. Write {each: …} to say so, or {joint: …} for one in common.")),
    "KH039": Rule("warning", N_("A circle in the directory"), N_(
        "A unit stands above itself, or a group contains itself, perhaps over others: one of the links is wrong.")),
    "KH040": Rule("warning", N_("Not there on the plan's date"), N_(
        "The unit was founded later or had ended when the plan was issued. Name the unit that bore the duty then.")),
    "KH041": Rule("warning", N_("No contact"), N_(
        "The unit will be written to, but has no e-mail address: the coordinator gets its notices to pass on.")),
    "KH042": Rule("warning", N_("An empty group"), N_(
        "On the plan's date the group has no unit: naming it here has no effect.")),
    "KH043": Rule("warning", N_("The unit ends before its deadline"), N_(
        "The directory says that the unit ends before the work is due: its task will have to be handed over to the "
        "successor.")),
    "KH044": Rule("warning", N_("An output nobody takes"), N_(
        "No unit receives, forwards or accepts the output, and no stage comes after it. Say where it goes (submit_to), "
        "or note down the question.")),
    "KH045": Rule("warning", N_("A quota without outputs"), N_(
        "A quota bounds what the deciding stage hands in, and that stage has no outputs.")),
    "KH046": Rule("error", N_("Two questions of one id"), N_(
        "A question is answered by its id: of two with one id the second could never be closed.")),
    "KH047": Rule("warning", N_("Waiting for nothing"), N_(
        "No unit has a task in both stages, or none stands below: the stage opens at once, as if nothing were "
        "written.")),
    "KH048": Rule("warning", N_("Waiting for ongoing work"), N_(
        "Ongoing work has no end of its own: what comes after it opens only once somebody hands it in by hand.")),
    "KH049": Rule("warning", N_("More than there are"), N_(
        "complete_when asks for more tasks than the stage has: in fact it is complete when all are done.")),
    # Phrases and numbers
    "KH050": Rule("error", N_("A phrase that is not understood"), N_(
        "Write a deadline as the document does, a stretch of days as 2020-03-04 .. 2020-12-31; the message says what "
        "could stand here. kh explain tries a deadline out.")),
    "KH052": Rule("warning", N_("A deadline read with a doubt"), N_(
        "The phrase was understood, but could mean something else. Compare the meaning with the document.")),
    "KH053": Rule("error", N_("An inferred deadline without a date"), N_(
        "inferred is there to put a date on what the document leaves open. Give a date or a duration.")),
    "KH054": Rule("error", N_("An inferred deadline that hangs on no stage"), N_(
        "A duration counts from a stage of the plan, or from a date.")),
    "KH055": Rule("warning", N_("No superior"), N_(
        "parent means each unit's own superior, and the directory knows none for these units.")),
    "KH056": Rule("error", N_("More than the system carries"), N_(
        "A plan spans at most 50 years and makes at most 1,000,000 tasks. Shorten the span, or divide the plan.")),
    "KH057": Rule("warning", N_("Accepting one's own work"), N_(
        "Who does the work has no right to accept it: once handed in it would wait for the coordinator. Name another "
        "unit under accept_by, or leave it out.")),
    "KH058": Rule("warning", N_("A service that cannot be checked"), N_(
        "Writing to chat and message services takes the package apprise. Install it, or leave the address away.")),
    "KH059": Rule("error", N_("A service nobody knows"), N_(
        "The address does not begin with the name of a service that apprise knows, such as tgram:// or mailto://.")),
    # Time
    "KH060": Rule("warning", N_("Due before the plan's date"), N_(
        "The deadline had passed when the plan was issued. Look at the year.")),
    "KH061": Rule("warning", N_("Due after the plan's end"), N_(
        "The deadline lies outside of the span. Look at the year, or lengthen the span.")),
    "KH062": Rule("warning", N_("Due before its data close"), N_(
        "The output is made of data that end after it is due. Ask which days the data cover.")),
    "KH063": Rule("warning", N_("Too little time to gather"), N_(
        "Who gathers the work of others has fewer than three working days between their deadline and its own.")),
    "KH064": Rule("warning", N_("Others hang on an open day"), N_(
        "The document gives only a stretch of days, and other deadlines count from it. Fix the day early "
        "(kh fix-date).")),
    "KH065": Rule("note", N_("Due on a day off"), N_(
        "A date set by a plan does not move; reminders go out on the working days before it.")),
    "KH066": Rule("note", N_("Reminders before the plan's date"), N_(
        "The deadline is so near that these reminders would have gone out before the plan was issued: they are "
        "dropped.")),
    "KH067": Rule("warning", N_("Chasing that comes too late"), N_(
        "When this rung goes out, the next stage is due already. A ladder of its own could chase earlier.")),
    "KH068": Rule("note", N_("Counted from a day nobody knows yet"), N_(
        "The deadline counts from something that is no stage of the plan: the task stays undated until somebody fixes "
        "its day (kh fix-date). If a stage is meant, write its id.")),
    "KH069": Rule("note", N_("A deadline without a day"), N_(
        "The task stays undated: it is never overdue, and the coordinator is told of it once a month. Work that goes "
        "on all the time is of type ongoing; inferred gives a day where you know one.")),
    # Without effect
    "KH070": Rule("warning", N_("A key without effect"), N_(
        "The key is known, but beside the others of this stage nothing comes of it. Take it away, or mend what it "
        "needs.")),
    "KH071": Rule("warning", N_("Defined and never used"), N_(
        "No stage uses this ladder, or no deadline this occasion. Use it, or take it away.")),
    "KH072": Rule("warning", N_("Rungs out of order"), N_(
        "A graver rung goes out before a milder one: who is to be told first? Compare the days and the severities.")),
    "KH080": Rule("error", N_("A notice that cannot be written"), N_(
        "The template fails with what the plan says about this stage. The message names the template.")),
    # Units that end
    "KH090": Rule("warning", N_("A successor that is not there"), N_(
        "On the day after the unit's last one the successor has ended itself, or does not exist yet: nobody could take "
        "over. Compare the dates of the two.")),
}  # fmt: skip
