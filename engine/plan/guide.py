"""What every key of a plan and of a directory is for, in the words of its author, with examples.

Help of the JSON Schema and source of the reference in the docs: model → key → (description, example, …).
"""

from typing import Any

from engine.i18n import N_

GUIDE: dict[str, dict[str, tuple[Any, ...]]] = {
    "Plan": {
        "plan": (N_("The plan's id: ASCII letters and figures, joined by - . or _. By habit the name of the file."),
            "dong-thap-2020-tong-ket"),
        "kind": (N_("What the plan is for: summary (tổng kết), mid-term (giữa kỳ), interim (sơ kết), emulation (thi "
                    "đua) or other (the default)."), "summary"),
        "title": (N_("The title as the document has it, without the word “Kế hoạch”."),
            "Tổng kết Chương trình mục tiêu quốc gia Giảm nghèo bền vững giai đoạn 2016-2020"),
        "language": (N_("The language of the notices: vi (the default) or en. Commands speak the reader's own."), "vi"),
        "document": (N_("The document the plan is written from: its number, its date, who issued it."),
            {"number": "58/KH-UBND", "issued": "2020-03-04", "issuer": "ubnd-tinh"}),
        "directory": (N_("The file with the units and groups, seen from this file's folder; or its content, written "
                         "out here."), "directories/dong-thap.yaml"),
        "calendar": (N_("A file of announced days that this plan's working days follow, seen from this file's folder. "
                        "Left out: the country's calendar."), "calendars/dong-thap.yaml"),
        "coordinator": (N_("The unit that follows the plan up. It gets the chasing in copy, and what reaches nobody "
                           "else."), "so-ldtbxh"),
        "span": (N_("First and last day of the plan. Work that recurs is laid out up to the last day."),
            "2020-03-04 .. 2020-12-31", "2021 .. 2025"),
        "accept_by": (N_("Who approves what is handed in, in every stage that does not say so itself: a unit, or "
                         "“parent” for each unit's own superior. Where nobody approves, a hand-in completes the task."),
            "so-ldtbxh", "parent"),
        "ladder": (N_("The ladder of reminders and chasing for the whole plan: don-doc (the default), none, or one of "
                      "those under “ladders”."), "don-doc"),
        "ladders": (N_("Ladders of your own: a name, and below it the rungs as a list."),
            {"nhe": [{"severity": 0, "when": "3 ngày trước hạn", "to": "responsible", "template": "nhac-viec"}]}),
        "criteria": (N_("Scoring criteria and targets. They are printed in the assignment of those they are for; they "
                        "never make a task."),
            [{"clause": "III.1.b", "name": "Đối với cấp huyện", "for": "cap-huyen", "items": ["Quyết toán đúng hạn"]}]),
        "stages": (N_("The pieces of work, each under an id of its own. One stage may give many units a task each."),
            {"bao-cao": {"name": "Báo cáo", "clause": "II.1", "responsible": {"each": "cap-huyen"}}}),
        "quotas": (N_("How many collectives and individuals may be rewarded, each quota under an id of its own."),
            {"bang-khen": {"stage": "quyet-dinh", "collective": 5, "individual": 10}}),
        "questions": (N_("What the document leaves open or contradicts. Each is shown until kh answer closes it."),
            [{"id": "noi-nhan", "clause": "II.2", "text": "Báo cáo gửi cơ quan nào?", "about": "bao-cao"}]),
        "occasions": (N_("Stretches of every year that deadlines call by name, each from day/month to day/month."),
            {"thang-cao-diem": "17/10 .. 18/11"}),
    },
    "Document": {
        "number": (N_("The document's number; null where it has none."), "58/KH-UBND"),
        "issued": (N_("The date of issue, as year-month-day; null where the document bears none, and then “as_of” is "
                      "needed."), "2020-03-04"),
        "as_of": (N_("The date to count from where the document bears none. It is shown as inferred."), "2018-06-15"),
        "issuer": (N_("The unit that issued the document."), "ubnd-tinh"),
        "signed_by": (N_("Who signed, with the office held."), "Nguyễn Văn A, Phó Chủ tịch (ký thay Chủ tịch)"),
        "basis": (N_("The documents it rests on (“Căn cứ …”), one a line."),
            ["Nghị quyết 76/2014/QH13 ngày 24/6/2014 của Quốc hội"]),
        "copies_to": (N_("Who gets a copy for information (“Nơi nhận”), one a line. Nobody is sent a notice for "
                         "standing here."), ["Bộ Lao động - Thương binh và Xã hội", "Lưu VT"]),
        "source": (N_("What this file was written from."), {"file": "58/KH-UBND", "kind": "copy"}),
    },
    "Source": {
        "file": (N_("The paper, file or article, so that it can be found again."), "58/KH-UBND"),
        "kind": (N_("original (the default), copy, or news: an article about the document, which kh status then says."),
            "copy"),
    },
    "Stage": {
        "name": (N_("What is to be done, in the words of the document."), "Báo cáo tổng kết của huyện, thành phố"),
        "clause": (N_("Where the document says so: section, item, dash. Every notice cites it."), "II.1"),
        "type": (N_("task (the default); event: a meeting or conference; ongoing: without an end, never overdue; "
                    "prohibition: what must not be done, shown but never a task."), "event"),
        "responsible": (N_("Who must do it (“chủ trì”): a unit; {each: …} for a task to every unit of a group; {joint: "
                           "[…]} for one task in common."), "so-ldtbxh", {"each": "cap-huyen"},
            {"joint": ["so-ldtbxh", "so-tc"]}),
        "inferred_responsible": (N_("In place of “responsible”, where the document names nobody and you infer who it "
                                    "is."), "so-nv"),
        "who": (N_("People the directory has no unit for, in soft or ongoing work. No notice goes to them."),
            "Khóm, ấp và cộng đồng dân cư"),
        "with": (N_("Who helps (“phối hợp”): units or groups. They get no task of their own."),
            ["so-nganh", "cap-huyen"]),
        "on_behalf_of": (N_("The unit for which the work is prepared (“tham mưu cho”)."), "ubnd-tinh"),
        "submit_to": (N_("Where the work goes: a unit, a list of units, or “parent” for each unit's own superior."),
            "bcd-tinh", ["ubnd-tinh", "bo-noi-vu"]),
        "through": (N_("The unit the work passes through on its way (“qua”). It only forwards."), "so-ldtbxh"),
        "accept_by": (N_("Who approves it: a unit, or “parent” for each unit's own superior. The task is complete once "
                         "approved."), "so-ldtbxh", "parent"),
        "after": (N_("What it waits for: stages; {below: X} the tasks in X of the units under this one; {same: X} the "
                     "unit's own task in X; {any: [X, Y]} whichever is done first. A date the document gives holds all "
                     "the same."), "bao-cao-huyen", [{"below": "so-ket-xa"}]),
        "gate": (N_("strict: it opens only when what it waits for is done, even where the document gives a date."),
            "strict"),
        "deadline": (N_("The deadline in the words of the document. “Trước ngày” leaves the day named out; “chậm nhất” "
                        "and “đến hết” take it in. kh explain tells how a phrase is read."), "trước ngày 30/3/2020",
            "chậm nhất ngày 15/4/2020", "trước ngày 10 tháng 12 hằng năm", "cuối tháng 4/2020"),
        "inferred": (N_("A deadline of yours, where the document gives none or only “theo quy định”. It is shown as "
                        "inferred."), "10 ngày làm việc sau khi bao-cao-huyen"),
        "complete_when": (N_("When the stage counts as done: all its tasks (the default), a number of them, or a "
                             "share. Late hand-ins are still taken."), "80%", 5),
        "soft": (N_("true: encouraged, or at the unit's discretion. It is reminded once and never overdue."), True),
        "ladder": (N_("Another ladder than the plan's: don-doc, none, or one of those under “ladders”."), "none"),
        "grace": (N_("How long after the deadline nobody is chased yet. The work is late all the same."),
            "1 ngày làm việc"),
        "opens": (N_("How long before its deadline the task is assigned. By default work that recurs is assigned 30 "
                     "days before."), "45 ngày trước hạn"),
        "roll": (N_("next: a deadline on a day off moves to the next working day. Without it a written date stays."),
            "next"),
        "content": (N_("What the work must contain, one demand a line. It is printed in the assignment."),
            ["Kết quả thực hiện các mục tiêu, chỉ tiêu", "Kiến nghị, đề xuất"]),
        "outputs": (N_("What is handed in: reports, decisions, lists, with their number."),
            [{"name": "Báo cáo tổng kết", "kind": "report", "count": 1}]),
        "note": (N_("A remark of yours: what you read into the document, and why. kh show shows it."),
            "Văn bản không nêu ngày; suy ra theo tiến độ chung."),
        "chair": (N_("Who chairs the event. Where no one is responsible, it is the chair's task."), "pct-ubnd-tinh"),
        "attend": (N_("Which units and groups attend the event."), ["so-nganh", "cap-huyen"]),
        "guests": (N_("Who attends the event without a unit in the directory, one a line."),
            ["Đại diện hộ thoát nghèo tiêu biểu"]),
        "form": (N_("How the event is held."), "trực tuyến"),
        "venue": (N_("Where the event is held; null while that is open."), "Hội trường UBND tỉnh"),
        "session": (N_("How long the event takes."), "01 buổi"),
    },
    "Each": {
        "each": (N_("Units and groups: every single unit gets a task of its own."), "cap-huyen",
            ["so-nganh", "cap-huyen"]),
        "except": (N_("Units and groups that are left out."), ["so-ldtbxh"]),
    },
    "Joint": {
        "joint": (N_("The units that share one task, which goes by the name of the first."), ["so-ldtbxh", "so-tc"]),
        "except": (N_("Units and groups that are left out."), ["so-ldtbxh"]),
    },
    "Below": {
        "below": (N_("The stage in which the units under this one must be done."), "so-ket-xa"),
    },
    "Same": {
        "same": (N_("The stage in which the unit's own task must be done."), "ke-hoach-thi-dua"),
    },
    "AnyOf": {
        "any": (N_("Stages of which one is enough."), ["hoi-nghi-tinh", "hoi-nghi-huyen"]),
    },
    "Output": {
        "name": (N_("What it is called."), "Báo cáo tổng kết"),
        "kind": (N_("What sort of thing it is; other by default."), "report"),
        "count": (N_("How many; one by default."), 2),
        "required": (N_("true: it is only taken with number and date of the paper, or with a file, and in full number. "
                        "Where some outputs are required, the task waits for those alone."), True),
        "form": (N_("How it is handed in."), ["công văn", "tệp"]),
        "outline": (N_("The outline or form it follows."), "Phụ lục I"),
        "data": (N_("The time its figures cover: from a year, month or day to another, or a stretch of every year."),
            "2011 .. 2020", "15/12 .. 14/12"),
    },
    "Criterion": {
        "clause": (N_("Where the document says so."), "III.1.b"),
        "name": (N_("The heading of these criteria."), "Đối với cấp huyện"),
        "for": (N_("The units and groups they are for. Without “for” and “who” they are for everybody."),
            ["cap-huyen"]),
        "who": (N_("Whom they are for, where the directory has no unit for them."), "Hộ gia đình"),
        "items": (N_("The criteria or targets, one a line."), ["Tỷ lệ hộ nghèo duy trì dưới 2%"]),
    },
    "RungModel": {
        "severity": (N_("How grave: 0 assignment and reminder, 1 overdue, 2 chasing, 3 report to the superior, 4 "
                        "explanation."), 2),
        "when": (N_("When: at opening, on the day due, or so long before or after the deadline, opening, hand-in or "
                    "return."), "3 ngày làm việc sau hạn", "opening", "ngày hạn"),
        "if": (N_("Only while the task is not acknowledged, not handed in, not approved, without a date, or its date "
                  "not fixed. Without it: in any case."), "not-submitted"),
        "to": (N_("Who is told: responsible, head, with, coordinator, submit_to, through, parent, issuer, chair, "
                  "attend or a unit; one of them or a list."), "responsible", ["responsible", "coordinator"]),
        "template": (N_("The text that is sent."), "don-doc"),
        "letter": (N_("true: with a draft letter (“công văn”) for signature."), True),
        "release": (N_("auto (the default): the notice goes out by itself. sign: it waits for kh notices release."),
            "sign"),
        "urgent": (N_("true: in a message of its own, apart from the others of the morning."), True),
        "repeat": (N_("Say it again at intervals for as long as it holds."),
            {"every": "5 ngày làm việc", "at_most": 4}),
    },
    "RepeatModel": {
        "every": (N_("The time from one notice to the next."), "5 ngày làm việc"),
        "at_most": (N_("How often in all, the first time included. Without it: with no end."), 4),
    },
    "Quota": {
        "stage": (N_("The stage that decides on the rewards."), "quyet-dinh"),
        "nomination": (N_("The stage in which units nominate."), "de-xuat-khen-thuong"),
        "collective": (N_("How many collectives (“tập thể”) at most."), 5),
        "individual": (N_("How many individuals (“cá nhân”) at most."), 10),
        "clause": (N_("Where the document says so."), "II (thứ hai)"),
        "note": (N_("A remark, printed with the quota."), "Bằng khen của UBND tỉnh"),
    },
    "Question": {
        "id": (N_("The short name under which kh answer closes the question."), "noi-nhan"),
        "clause": (N_("The place in the document that leaves it open."), "II.2"),
        "text": (N_("The question as you would put it to the coordinator."), "Báo cáo gửi cơ quan nào?"),
        "about": (N_("The stages it touches."), ["bao-cao"]),
    },
    "Directory": {
        "units": (N_("The units, each under an id of its own. Units and groups share one set of ids."),
            {"so-tc": {"name": "Sở Tài chính", "level": "department", "parent": "ubnd-tinh"}}),
        "groups": (N_("Groups that plans call by name: all units of a level, or a list of units and groups. Who "
                      "belongs to them is settled as of the plan's date."),
            {"cap-huyen": {"level": "district"}, "so-nganh": ["so-nv", "so-tc"]}),
        "units_from": (N_("A CSV table beside this file with more units, one a row. Columns: id, name, level; if "
                          "wanted parent, email, phone, valid_from, valid_to."), "kon-tum-communes.csv"),
        "people": (N_("Who may record what with kh. Where nobody is named, everybody may; once somebody is, nobody "
                      "else."), [{"user": "lan", "unit": "so-ldtbxh", "may": ["coordinate"]}]),
    },
    "Unit": {
        "name": (N_("The official name. Where it changed in time, “names” stands instead."), "UBND huyện Tân Hồng"),
        "names": (N_("The names the unit bore one after the other, each but the last with its last day."),
            [{"name": "Thị xã Hồng Ngự", "until": "2020-10-31"}, {"name": "Thành phố Hồng Ngự"}]),
        "level": (N_("central, province, department (sở, ngành), organisation (đoàn thể), district, commune, village, "
                     "other."), "district"),
        "parent": (N_("The superior. It is told when chasing did not help."), "ubnd-tinh"),
        "aliases": (N_("Other names of the unit, as a list."), ["Sở LĐTBXH"]),
        "contact": (N_("Where to reach the unit. Without an e-mail address its notices go to the coordinator."),
            {"email": "so-ldtbxh@dongthap.example.vn"}),
        "head": (N_("The head of the unit, who is told at the last rung."), {"email": "a@dongthap.example.vn"}),
        "deputies": (N_("Who receives the head's notices for a time."),
            [{"email": "b@dongthap.example.vn", "from": "2020-03-01", "to": "2020-03-15"}]),
        "valid_from": (N_("The first day the unit exists. Without it: since ever."), "2025-03-01"),
        "valid_to": (N_("The last day the unit exists. Without it: no end is known."), "2025-02-28"),
        "succeeded_by": (N_("Who takes over when the unit ends: a unit, or a list; “for” says which part each takes "
                            "over."), [{"unit": "so-nnmt", "for": "giảm nghèo"}, "so-nv"]),
    },
    "Name": {
        "name": (N_("The official name in that time."), "Thị xã Hồng Ngự"),
        "until": (N_("The last day of this name. The name of today has none."), "2020-10-31"),
    },
    "Contact": {
        "email": (N_("The e-mail address for notices."), "so-ldtbxh@dongthap.example.vn"),
        "webhook": (N_("A web address that takes notices as signed JSON, for software of the unit's own."),
            "https://vanthu.dongthap.example.vn/kh"),
        "file": (N_("A folder below KH_MAIL_FOLDER in which its notices are put as .eml files."), "so-ldtbxh"),
        "apprise": (N_("A chat or message service, as the library apprise writes its addresses."),
            "tgram://123456789:ABCdef/-100200300"),
        "phone": (N_("The telephone number. kh show shows it."), "0277 3851 234"),
    },
    "Head": {
        "name": (N_("The person's name."), "Nguyễn Văn A"),
        "email": (N_("The e-mail address for notices to the head in person."), "a@dongthap.example.vn"),
    },
    "Deputy": {
        "name": (N_("The person's name."), "Trần Thị B"),
        "user": (N_("The user name under which the deputy may act for the unit on these days."), "binh"),
        "email": (N_("The e-mail address for notices."), "b@dongthap.example.vn"),
        "from": (N_("The first day."), "2020-03-01"),
        "to": (N_("The last day."), "2020-03-15"),
    },
    "Successor": {
        "unit": (N_("The unit that takes over."), "so-nnmt"),
        "for": (N_("The part it takes over. Without it: all."), "giảm nghèo"),
    },
    "LevelGroup": {
        "level": (N_("All units of this level that exist on the plan's date."), "district"),
    },
    "Person": {
        "user": (N_("The user name: what KH_USER says, else the computer's."), "lan"),
        "unit": (N_("The unit the person acts for."), "so-ldtbxh"),
        "may": (N_("coordinate: may record for every unit and fix dates. Without it: for the person's own unit only."),
            ["coordinate"]),
        "from": (N_("The first day on which the person acts. Without it: since ever."), "2020-03-01"),
        "to": (N_("The last day on which the person acts. Without it: no end is known."), "2020-03-15"),
    },
    "CalendarFile": {
        "calendar": (N_("The calendar these days belong to: that of the plans that name this file. Left out: every "
                        "plan's."), "dong-thap"),
        "announcements": (N_("The papers that announce days off or days worked, one entry each."),
            [{"source": "Thông báo số 12/TB-UBND ngày 20/4/2026", "off": ["2026-06-12"]}]),
    },
    "Announcement": {
        "source": (N_("The paper: its kind, number and date."), "Thông báo số 12/TB-UBND ngày 20/4/2026"),
        "off": (N_("Days off, one by one or from … to …."), "2026-06-12", ["2026-06-10 .. 2026-06-12"]),
        "work": (N_("Days worked though the week says otherwise."), "2026-06-20"),
        "as_usual": (N_("Days that are again what the week and the holidays make of them: this takes an announcement "
                        "back."), "2026-06-12"),
        "directory": (N_("Only for the units of this directory (the name of its file without ending)."), "dong-thap"),
        "level": (N_("Only for the units of this level."), "commune"),
        "unit": (N_("Only for this unit."), "so-ldtbxh"),
    },
}  # fmt: skip
