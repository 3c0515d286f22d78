-- A database of schema 0005, kept as it was written by the program of that time.
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0005');
CREATE TABLE amendment (
	id INTEGER NOT NULL, 
	instance_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	old VARCHAR NOT NULL, 
	new VARCHAR NOT NULL, 
	undone_at DATETIME, 
	PRIMARY KEY (id), 
	FOREIGN KEY(instance_id) REFERENCES instance (id), 
	FOREIGN KEY(old) REFERENCES snapshot (sha256), 
	FOREIGN KEY(new) REFERENCES snapshot (sha256)
);
CREATE TABLE answer (
	instance_id INTEGER NOT NULL, 
	question VARCHAR NOT NULL, 
	text TEXT NOT NULL, 
	PRIMARY KEY (instance_id, question), 
	FOREIGN KEY(instance_id) REFERENCES instance (id)
);
CREATE TABLE calendar_day (
	id INTEGER NOT NULL, 
	calendar VARCHAR NOT NULL, 
	directory VARCHAR NOT NULL, 
	level VARCHAR NOT NULL, 
	unit VARCHAR NOT NULL, 
	day DATE NOT NULL, 
	works BOOLEAN, 
	source TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "calendar_day" VALUES(1,'so-a','nho','','','2020-04-10',0,'Thông báo 1');
CREATE TABLE "decision" (
	id INTEGER NOT NULL, 
	task_id INTEGER NOT NULL, 
	rung VARCHAR NOT NULL, 
	occurrence INTEGER NOT NULL, 
	deadline_version INTEGER NOT NULL, 
	recipient VARCHAR NOT NULL, 
	role VARCHAR NOT NULL, 
	severity INTEGER NOT NULL, 
	template VARCHAR NOT NULL, 
	urgent BOOLEAN NOT NULL, 
	held BOOLEAN NOT NULL, 
	due_at DATETIME NOT NULL, 
	deferred_to DATETIME, 
	outcome VARCHAR NOT NULL, 
	reason VARCHAR, 
	message_id INTEGER, 
	silence_id INTEGER, 
	PRIMARY KEY (id), 
	CONSTRAINT decision_reason CHECK (outcome = 'pending' OR outcome = 'composed' OR reason IS NOT NULL), 
	CONSTRAINT decision_silence FOREIGN KEY(silence_id) REFERENCES silence (id), 
	FOREIGN KEY(task_id) REFERENCES task (id), 
	FOREIGN KEY(message_id) REFERENCES message (id), 
	UNIQUE (task_id, rung, occurrence, deadline_version, recipient)
);
INSERT INTO "decision" VALUES(1,1,'opening',1,1,'h1','responsible',0,'giao-viec',0,0,'2020-03-04 01:00:00.000000',NULL,'sent','accepted by the mail server',1,NULL);
INSERT INTO "decision" VALUES(2,2,'opening',1,1,'h2','responsible',0,'giao-viec',0,0,'2020-03-04 01:00:00.000000',NULL,'sent','accepted by the mail server',3,NULL);
INSERT INTO "decision" VALUES(3,3,'opening',1,1,'h3','responsible',0,'giao-viec',0,0,'2020-03-04 01:00:00.000000',NULL,'sent','accepted by the mail server',4,NULL);
INSERT INTO "decision" VALUES(4,2,'T-7',1,2,'h2','responsible',0,'nhac-viec',0,0,'2020-03-31 00:30:00.000000',NULL,'sent','accepted by the mail server',5,NULL);
INSERT INTO "decision" VALUES(5,3,'T0',1,2,'so-a','submit_to',0,'tiep-nhan',0,0,'2020-03-31 00:30:00.000000',NULL,'silenced','silenced',NULL,1);
INSERT INTO "decision" VALUES(6,3,'T+1',1,2,'h3','responsible',1,'nhac-qua-han',0,0,'2020-04-01 00:30:00.000000',NULL,'silenced','silenced',NULL,1);
CREATE TABLE echo (
	decision_id INTEGER NOT NULL, 
	message_id INTEGER NOT NULL, 
	PRIMARY KEY (decision_id, message_id), 
	FOREIGN KEY(decision_id) REFERENCES decision (id), 
	FOREIGN KEY(message_id) REFERENCES message (id)
);
INSERT INTO "echo" VALUES(1,2);
CREATE TABLE entry (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	happened_at DATETIME NOT NULL, 
	actor VARCHAR NOT NULL, 
	for_unit VARCHAR, 
	instance_id INTEGER, 
	task_id INTEGER, 
	"trigger" VARCHAR NOT NULL, 
	"before" VARCHAR, 
	"after" VARCHAR, 
	doc VARCHAR, 
	reason VARCHAR, 
	data TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(instance_id) REFERENCES instance (id), 
	FOREIGN KEY(task_id) REFERENCES task (id)
);
INSERT INTO "entry" VALUES(1,'2026-11-24 17:22:54.764648','2020-03-04 01:00:00.000000','lan',NULL,1,NULL,'start',NULL,NULL,NULL,NULL,'{"plan": "nho", "snapshot": "511c6d92dcb5aafd0ee3f2015d10fe103c651219a3e359f90baf8231058ed43e", "tasks": 4, "backdate": false}');
INSERT INTO "entry" VALUES(2,'2026-11-24 17:22:54.764648','2020-03-04 01:00:00.000000','lan',NULL,1,1,'create',NULL,'assigned',NULL,NULL,'{}');
INSERT INTO "entry" VALUES(3,'2026-11-24 17:22:54.764648','2020-03-04 01:00:00.000000','lan',NULL,1,2,'create',NULL,'assigned',NULL,NULL,'{}');
INSERT INTO "entry" VALUES(4,'2026-11-24 17:22:54.764648','2020-03-04 01:00:00.000000','lan',NULL,1,3,'create',NULL,'assigned',NULL,NULL,'{}');
INSERT INTO "entry" VALUES(5,'2026-11-24 17:22:54.764648','2020-03-04 01:00:00.000000','lan',NULL,1,4,'create',NULL,'waiting',NULL,NULL,'{}');
INSERT INTO "entry" VALUES(6,'2026-11-24 17:23:01.085652','2020-03-05 02:00:00.000000','lan',NULL,1,1,'ack','assigned','in_progress',NULL,NULL,'{"changed": {"acked_until": [null, "2020-03-19T00:30:00+00:00"]}}');
INSERT INTO "entry" VALUES(7,'2026-11-24 17:23:03.179074','2026-11-24 17:23:03.179074','lan',NULL,NULL,NULL,'calendar',NULL,NULL,'Thông báo 1',NULL,'{"days": [{"calendar": "so-a", "directory": "nho", "level": "", "unit": "", "day": "2020-04-10", "works": false}]}');
INSERT INTO "entry" VALUES(8,'2026-11-24 17:23:05.023573','2026-11-24 17:23:05.023573','lan',NULL,1,3,'silence','assigned','assigned',NULL,'hẹn thứ Năm','{"until": "2027-06-01", "why": "hẹn thứ Năm"}');
INSERT INTO "entry" VALUES(9,'2026-11-24 17:23:08.419276','2020-03-27 01:00:00.000000','lan',NULL,1,1,'submit','in_progress','completed','12/BC-UBND, 2020-03-26',NULL,'{"changed": {"submitted_at": [null, "2020-03-27T01:00:00+00:00"], "completed_at": [null, "2020-03-27T01:00:00+00:00"], "next_action_at": ["2020-03-19T00:30:00+00:00", null]}}');
INSERT INTO "entry" VALUES(10,'2026-11-24 17:23:10.030897','2020-03-20 01:00:00.000000','lan',NULL,1,2,'extend-request','assigned','assigned','5/H, 2020-03-19','mưa lũ','{"asked": "2020-04-10", "late": false}');
INSERT INTO "entry" VALUES(11,'2026-11-24 17:23:11.571230','2020-03-27 01:00:00.000000','lan',NULL,1,2,'extend-grant','assigned','assigned','6/U, 2020-03-21',NULL,'{"granted": "2020-04-10", "asked": "2020-04-10", "by": "lan", "changed": {"named": ["2020-03-30", "2020-04-10"], "last_day": ["2020-03-29", "2020-04-10"], "due_time": [null, null], "from_on": [null, null], "to_on": [null, null], "approximate": [false, false], "provisional": [false, false], "overdue_at": ["2020-03-29T17:00:00+00:00", "2020-04-10T17:00:00+00:00"], "original_last_day": ["2020-03-29", "2020-03-29"], "by_hand": [false, true], "late_from": [null, null], "paused_days": [0, 0], "deadline_version": [1, 2], "next_action_at": ["2020-03-19T00:30:00+00:00", "2020-03-27T01:00:00+00:00"], "swept_at": ["2020-03-04T01:00:00+00:00", "2020-03-27T01:00:00+00:00"]}}');
INSERT INTO "entry" VALUES(12,'2026-11-24 17:23:13.306103','2020-03-27 01:30:00.000000','lan',NULL,1,3,'suspend','assigned','suspended','7/U, 2020-03-20','chờ','{"changed": {"next_action_at": ["2020-03-19T00:30:00+00:00", null]}}');
INSERT INTO "entry" VALUES(13,'2026-11-24 17:23:15.227604','2020-03-28 01:30:00.000000','lan',NULL,1,3,'resume','suspended','assigned','8/U, 2020-03-28','tiếp','{"paused_days": 1, "changed": {"deadline_version": [1, 2], "next_action_at": [null, "2020-03-28T01:30:00+00:00"], "swept_at": ["2020-03-04T01:00:00+00:00", "2020-03-28T01:30:00+00:00"], "named": ["2020-03-30", "2020-03-31"], "last_day": ["2020-03-29", "2020-03-30"], "due_time": [null, null], "from_on": [null, null], "to_on": [null, null], "approximate": [false, false], "provisional": [false, false], "overdue_at": ["2020-03-29T17:00:00+00:00", "2020-03-30T17:00:00+00:00"], "by_hand": [false, true]}}');
CREATE TABLE extension (
	id INTEGER NOT NULL, 
	task_id INTEGER NOT NULL, 
	requested_at DATETIME NOT NULL, 
	last_day DATE NOT NULL, 
	asked DATE NOT NULL, 
	late BOOLEAN NOT NULL, 
	doc VARCHAR, 
	reason TEXT NOT NULL, 
	outcome VARCHAR NOT NULL, 
	decided_at DATETIME, 
	decided_by VARCHAR, 
	decision_doc VARCHAR, 
	decision_reason TEXT, 
	granted DATE, 
	PRIMARY KEY (id), 
	CONSTRAINT extension_outcome CHECK (outcome IN ('requested', 'granted', 'refused', 'void')), 
	CONSTRAINT extension_granted CHECK (outcome <> 'granted' OR granted IS NOT NULL), 
	FOREIGN KEY(task_id) REFERENCES task (id)
);
INSERT INTO "extension" VALUES(1,2,'2020-03-20 01:00:00.000000','2020-03-29','2020-04-10',0,'5/H, 2020-03-19','mưa lũ','granted','2020-03-27 01:00:00.000000','lan','6/U, 2020-03-21',NULL,'2020-04-10');
CREATE TABLE hand_in (
	id INTEGER NOT NULL, 
	task_id INTEGER NOT NULL, 
	output VARCHAR NOT NULL, 
	form VARCHAR NOT NULL, 
	doc VARCHAR, 
	pieces INTEGER NOT NULL, 
	quota VARCHAR NOT NULL, 
	collective INTEGER NOT NULL, 
	individual INTEGER NOT NULL, 
	file VARCHAR, 
	file_name VARCHAR, 
	file_size INTEGER, 
	arrived_at DATETIME NOT NULL, 
	actor VARCHAR NOT NULL, 
	void_at DATETIME, 
	PRIMARY KEY (id), 
	FOREIGN KEY(task_id) REFERENCES task (id)
);
CREATE TABLE heartbeat (
	name VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "heartbeat" VALUES('tick','2020-04-03 01:00:00.000000');
CREATE TABLE instance (
	id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	snapshot VARCHAR NOT NULL, 
	directory VARCHAR NOT NULL, 
	started_at DATETIME NOT NULL, 
	closed_at DATETIME, 
	PRIMARY KEY (id), 
	FOREIGN KEY(snapshot) REFERENCES snapshot (sha256), 
	UNIQUE (name)
);
INSERT INTO "instance" VALUES(1,'nho','511c6d92dcb5aafd0ee3f2015d10fe103c651219a3e359f90baf8231058ed43e','nho','2020-03-04 01:00:00.000000',NULL);
CREATE TABLE message (
	id INTEGER NOT NULL, 
	recipient VARCHAR NOT NULL, 
	channel VARCHAR NOT NULL, 
	office_date DATE NOT NULL, 
	urgent BOOLEAN NOT NULL, 
	held BOOLEAN NOT NULL, 
	message_id VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	body TEXT NOT NULL, 
	attachments TEXT NOT NULL, 
	severity INTEGER NOT NULL, 
	rung VARCHAR NOT NULL, 
	template VARCHAR NOT NULL, 
	composed_at DATETIME NOT NULL, 
	status VARCHAR NOT NULL, 
	reason VARCHAR, 
	attempts INTEGER NOT NULL, 
	next_attempt_at DATETIME, 
	sent_at DATETIME, 
	doc VARCHAR, 
	signed_by VARCHAR, html TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (message_id), 
	UNIQUE (recipient, channel, office_date, urgent, held)
);
INSERT INTO "message" VALUES(1,'h1@t.example.vn','email','2020-03-04',0,0,'<c689233cc9da7679e2db1e66e662c497e2d01608@kh.invalid>','[1/KH-UBND] Assignment: Báo cáo – hạn 29/03/2020','Kính gửi: Huyện Một

ASSIGNMENT
Báo cáo
(1/KH-UBND ngày 04/03/2020 của UBND tỉnh, mục I.1)

Đơn vị được giao thực hiện nội dung sau.
Đơn vị thực hiện: Huyện Một
Thời hạn: chậm nhất ngày 29/03/2020 (kế hoạch ghi: “trước ngày 30/3/2020”)
Nơi nhận: Sở A

Cơ quan điều phối: Sở A (so-a@t.example.vn).
Thông báo được gửi tự động theo kế hoạch. Nếu đơn vị đã thực hiện, đề nghị báo lại cơ quan điều phối để cập nhật.
','[]',0,'opening','giao-viec','2020-03-04 01:00:00.000000','sent','250 OK',1,NULL,'2020-03-04 01:00:00.000000',NULL,NULL,'<!DOCTYPE html>
<html lang="vi">
<body style="font-family: ''Times New Roman'', serif; font-size: 16px; line-height: 1.4; max-width: 48em">
<p>Kính gửi: <strong>Huyện Một</strong></p>
<h2 style="font-size: 17px; margin: 1.5em 0 0.3em">ASSIGNMENT</h2>
<p style="margin: 0"><strong>Báo cáo</strong><br>
1/KH-UBND ngày 04/03/2020 của UBND tỉnh, mục I.1</p>
<div style="white-space: pre-line; margin: 0.6em 0">Đơn vị được giao thực hiện nội dung sau.
Đơn vị thực hiện: Huyện Một
Thời hạn: chậm nhất ngày 29/03/2020 (kế hoạch ghi: “trước ngày 30/3/2020”)
Nơi nhận: Sở A
</div>
<hr>
<p style="font-size: 14px">Cơ quan điều phối: Sở A (<a href="mailto:so-a@t.example.vn">so-a@t.example.vn</a>).<br>
Thông báo được gửi tự động theo kế hoạch. Nếu đơn vị đã thực hiện, đề nghị báo lại cơ quan điều phối để cập nhật.</p>
</body>
</html>
');
INSERT INTO "message" VALUES(2,'h1','file','2020-03-04',0,0,'<7e64d2036e92f74c7507baf6f4a2b0485d8af198@kh.invalid>','[1/KH-UBND] Assignment: Báo cáo – hạn 29/03/2020','Kính gửi: Huyện Một

ASSIGNMENT
Báo cáo
(1/KH-UBND ngày 04/03/2020 của UBND tỉnh, mục I.1)

Đơn vị được giao thực hiện nội dung sau.
Đơn vị thực hiện: Huyện Một
Thời hạn: chậm nhất ngày 29/03/2020 (kế hoạch ghi: “trước ngày 30/3/2020”)
Nơi nhận: Sở A

Cơ quan điều phối: Sở A (so-a@t.example.vn).
Thông báo được gửi tự động theo kế hoạch. Nếu đơn vị đã thực hiện, đề nghị báo lại cơ quan điều phối để cập nhật.
','[]',0,'opening','giao-viec','2020-03-04 01:00:00.000000','sent','h1/2020-03-04-7e64d2036e92f74c7507baf6f4a2b0485d8af198.eml',1,NULL,'2020-03-04 01:00:00.000000',NULL,NULL,'<!DOCTYPE html>
<html lang="vi">
<body style="font-family: ''Times New Roman'', serif; font-size: 16px; line-height: 1.4; max-width: 48em">
<p>Kính gửi: <strong>Huyện Một</strong></p>
<h2 style="font-size: 17px; margin: 1.5em 0 0.3em">ASSIGNMENT</h2>
<p style="margin: 0"><strong>Báo cáo</strong><br>
1/KH-UBND ngày 04/03/2020 của UBND tỉnh, mục I.1</p>
<div style="white-space: pre-line; margin: 0.6em 0">Đơn vị được giao thực hiện nội dung sau.
Đơn vị thực hiện: Huyện Một
Thời hạn: chậm nhất ngày 29/03/2020 (kế hoạch ghi: “trước ngày 30/3/2020”)
Nơi nhận: Sở A
</div>
<hr>
<p style="font-size: 14px">Cơ quan điều phối: Sở A (<a href="mailto:so-a@t.example.vn">so-a@t.example.vn</a>).<br>
Thông báo được gửi tự động theo kế hoạch. Nếu đơn vị đã thực hiện, đề nghị báo lại cơ quan điều phối để cập nhật.</p>
</body>
</html>
');
INSERT INTO "message" VALUES(3,'h2@t.example.vn','email','2020-03-04',0,0,'<3b7cf63e20d77cfd33385d3120f3170b7b5b1afa@kh.invalid>','[1/KH-UBND] Assignment: Báo cáo – hạn 29/03/2020','Kính gửi: Huyện Hai

ASSIGNMENT
Báo cáo
(1/KH-UBND ngày 04/03/2020 của UBND tỉnh, mục I.1)

Đơn vị được giao thực hiện nội dung sau.
Đơn vị thực hiện: Huyện Hai
Thời hạn: chậm nhất ngày 29/03/2020 (kế hoạch ghi: “trước ngày 30/3/2020”)
Nơi nhận: Sở A

Cơ quan điều phối: Sở A (so-a@t.example.vn).
Thông báo được gửi tự động theo kế hoạch. Nếu đơn vị đã thực hiện, đề nghị báo lại cơ quan điều phối để cập nhật.
','[]',0,'opening','giao-viec','2020-03-04 01:00:00.000000','sent','250 OK',1,NULL,'2020-03-04 01:00:00.000000',NULL,NULL,'<!DOCTYPE html>
<html lang="vi">
<body style="font-family: ''Times New Roman'', serif; font-size: 16px; line-height: 1.4; max-width: 48em">
<p>Kính gửi: <strong>Huyện Hai</strong></p>
<h2 style="font-size: 17px; margin: 1.5em 0 0.3em">ASSIGNMENT</h2>
<p style="margin: 0"><strong>Báo cáo</strong><br>
1/KH-UBND ngày 04/03/2020 của UBND tỉnh, mục I.1</p>
<div style="white-space: pre-line; margin: 0.6em 0">Đơn vị được giao thực hiện nội dung sau.
Đơn vị thực hiện: Huyện Hai
Thời hạn: chậm nhất ngày 29/03/2020 (kế hoạch ghi: “trước ngày 30/3/2020”)
Nơi nhận: Sở A
</div>
<hr>
<p style="font-size: 14px">Cơ quan điều phối: Sở A (<a href="mailto:so-a@t.example.vn">so-a@t.example.vn</a>).<br>
Thông báo được gửi tự động theo kế hoạch. Nếu đơn vị đã thực hiện, đề nghị báo lại cơ quan điều phối để cập nhật.</p>
</body>
</html>
');
INSERT INTO "message" VALUES(4,'h3@t.example.vn','email','2020-03-04',0,0,'<a5e52b95715f38f3e596e51ba989745b46bc7202@kh.invalid>','[1/KH-UBND] Assignment: Báo cáo – hạn 29/03/2020','Kính gửi: Huyện Ba

ASSIGNMENT
Báo cáo
(1/KH-UBND ngày 04/03/2020 của UBND tỉnh, mục I.1)

Đơn vị được giao thực hiện nội dung sau.
Đơn vị thực hiện: Huyện Ba
Thời hạn: chậm nhất ngày 29/03/2020 (kế hoạch ghi: “trước ngày 30/3/2020”)
Nơi nhận: Sở A

Cơ quan điều phối: Sở A (so-a@t.example.vn).
Thông báo được gửi tự động theo kế hoạch. Nếu đơn vị đã thực hiện, đề nghị báo lại cơ quan điều phối để cập nhật.
','[]',0,'opening','giao-viec','2020-03-04 01:00:00.000000','sent','250 OK',1,NULL,'2020-03-04 01:00:00.000000',NULL,NULL,'<!DOCTYPE html>
<html lang="vi">
<body style="font-family: ''Times New Roman'', serif; font-size: 16px; line-height: 1.4; max-width: 48em">
<p>Kính gửi: <strong>Huyện Ba</strong></p>
<h2 style="font-size: 17px; margin: 1.5em 0 0.3em">ASSIGNMENT</h2>
<p style="margin: 0"><strong>Báo cáo</strong><br>
1/KH-UBND ngày 04/03/2020 của UBND tỉnh, mục I.1</p>
<div style="white-space: pre-line; margin: 0.6em 0">Đơn vị được giao thực hiện nội dung sau.
Đơn vị thực hiện: Huyện Ba
Thời hạn: chậm nhất ngày 29/03/2020 (kế hoạch ghi: “trước ngày 30/3/2020”)
Nơi nhận: Sở A
</div>
<hr>
<p style="font-size: 14px">Cơ quan điều phối: Sở A (<a href="mailto:so-a@t.example.vn">so-a@t.example.vn</a>).<br>
Thông báo được gửi tự động theo kế hoạch. Nếu đơn vị đã thực hiện, đề nghị báo lại cơ quan điều phối để cập nhật.</p>
</body>
</html>
');
INSERT INTO "message" VALUES(5,'h2@t.example.vn','email','2020-03-31',0,0,'<276318eea3473b0f373acb8de93958542ca8cfd0@kh.invalid>','[1/KH-UBND] Reminder: Báo cáo – hạn 10/04/2020','Kính gửi: Huyện Hai

REMINDER
Báo cáo
(1/KH-UBND ngày 04/03/2020 của UBND tỉnh, mục I.1)

Sắp đến hạn, đơn vị chưa gửi sản phẩm:
- Huyện Hai: hạn chậm nhất ngày 10/04/2020 (kế hoạch ghi: “trước ngày 30/3/2020”)
Nơi nhận: Sở A

Cơ quan điều phối: Sở A (so-a@t.example.vn).
Thông báo được gửi tự động theo kế hoạch. Nếu đơn vị đã thực hiện, đề nghị báo lại cơ quan điều phối để cập nhật.
','[]',0,'T-7','nhac-viec','2020-03-31 01:00:00.000000','sent','250 OK',1,NULL,'2020-03-31 01:00:00.000000',NULL,NULL,'<!DOCTYPE html>
<html lang="vi">
<body style="font-family: ''Times New Roman'', serif; font-size: 16px; line-height: 1.4; max-width: 48em">
<p>Kính gửi: <strong>Huyện Hai</strong></p>
<h2 style="font-size: 17px; margin: 1.5em 0 0.3em">REMINDER</h2>
<p style="margin: 0"><strong>Báo cáo</strong><br>
1/KH-UBND ngày 04/03/2020 của UBND tỉnh, mục I.1</p>
<div style="white-space: pre-line; margin: 0.6em 0">Sắp đến hạn, đơn vị chưa gửi sản phẩm:
- Huyện Hai: hạn chậm nhất ngày 10/04/2020 (kế hoạch ghi: “trước ngày 30/3/2020”)
Nơi nhận: Sở A
</div>
<hr>
<p style="font-size: 14px">Cơ quan điều phối: Sở A (<a href="mailto:so-a@t.example.vn">so-a@t.example.vn</a>).<br>
Thông báo được gửi tự động theo kế hoạch. Nếu đơn vị đã thực hiện, đề nghị báo lại cơ quan điều phối để cập nhật.</p>
</body>
</html>
');
CREATE TABLE person (
	directory VARCHAR NOT NULL, 
	user VARCHAR NOT NULL, 
	unit VARCHAR NOT NULL, 
	coordinates BOOLEAN NOT NULL, 
	from_on DATE, 
	to_on DATE, 
	token VARCHAR, 
	PRIMARY KEY (directory, user, unit)
);
CREATE TABLE seal (
	position INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	entries INTEGER NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	previous VARCHAR(64) NOT NULL, 
	PRIMARY KEY (position), 
	UNIQUE (digest)
);
INSERT INTO "seal" VALUES(1,'2020-03-04 01:00:00.000000',5,'bc034b6d05f633daf41c18b8772d4560c1137033d2f9609456287ee3dda95941','0000000000000000000000000000000000000000000000000000000000000000');
INSERT INTO "seal" VALUES(2,'2020-03-18 01:00:00.000000',3,'94a93bb68f645ab127054e72aaa74a88d9e3d6be8ae3790e732a3ca586e23fec','bc034b6d05f633daf41c18b8772d4560c1137033d2f9609456287ee3dda95941');
INSERT INTO "seal" VALUES(3,'2020-03-31 01:00:00.000000',5,'72d8bed3509ab88788d0dea5059a682b2ebf7f2ee5a5336d0ae796b43d968602','94a93bb68f645ab127054e72aaa74a88d9e3d6be8ae3790e732a3ca586e23fec');
CREATE TABLE sealed_entry (
	entry_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	PRIMARY KEY (entry_id), 
	FOREIGN KEY(position) REFERENCES seal (position)
);
INSERT INTO "sealed_entry" VALUES(1,1);
INSERT INTO "sealed_entry" VALUES(2,1);
INSERT INTO "sealed_entry" VALUES(3,1);
INSERT INTO "sealed_entry" VALUES(4,1);
INSERT INTO "sealed_entry" VALUES(5,1);
INSERT INTO "sealed_entry" VALUES(6,2);
INSERT INTO "sealed_entry" VALUES(7,2);
INSERT INTO "sealed_entry" VALUES(8,2);
INSERT INTO "sealed_entry" VALUES(9,3);
INSERT INTO "sealed_entry" VALUES(10,3);
INSERT INTO "sealed_entry" VALUES(11,3);
INSERT INTO "sealed_entry" VALUES(12,3);
INSERT INTO "sealed_entry" VALUES(13,3);
CREATE TABLE silence (
	id INTEGER NOT NULL, 
	task_id INTEGER NOT NULL, 
	until DATETIME NOT NULL, 
	author VARCHAR NOT NULL, 
	reason TEXT NOT NULL, 
	made_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	PRIMARY KEY (id), 
	FOREIGN KEY(task_id) REFERENCES task (id)
);
INSERT INTO "silence" VALUES(1,3,'2027-06-01 17:00:00.000000','lan','hẹn thứ Năm','2026-11-24 17:23:05.023573',NULL);
CREATE TABLE snapshot (
	sha256 VARCHAR(64) NOT NULL, 
	content TEXT NOT NULL, 
	source TEXT NOT NULL, 
	PRIMARY KEY (sha256)
);
INSERT INTO "snapshot" VALUES('511c6d92dcb5aafd0ee3f2015d10fe103c651219a3e359f90baf8231058ed43e','{"plan":{"plan":"nho","title":"Kế hoạch nhỏ","document":{"number":"1/KH-UBND","issued":"2020-03-04","issuer":"ubnd"},"directory":"nho","coordinator":"so-a","span":"2020-03-04 .. 2020-12-31","stages":{"bao-cao":{"name":"Báo cáo","clause":"I.1","responsible":{"mode":"each","units":["huyen"],"except":[]},"submit_to":["so-a"],"deadline":"trước ngày 30/3/2020"},"tong-hop":{"name":"Tổng hợp","clause":"I.2","responsible":{"mode":"one","units":["so-a"]},"accept_by":"ubnd","after":[{"how":"stage","stages":["bao-cao"]}],"inferred":"10 ngày làm việc sau khi bao-cao"}},"questions":[{"id":"q1","clause":"I.2","text":"Ai duyệt?","about":["tong-hop"]}]},"groups":{"huyen":["h1","h2","h3"]},"directory":"nho"}','
plan: nho
title: Kế hoạch nhỏ
document: {number: 1/KH-UBND, issued: 2020-03-04, issuer: ubnd}
directory:
  units:
    ubnd: {name: UBND tỉnh, level: province, contact: {email: ubnd@t.example.vn}}
    so-a: {name: Sở A, level: department, parent: ubnd, contact: {email: so-a@t.example.vn}}
    h1: {name: Huyện Một, level: district, parent: ubnd, contact: {email: h1@t.example.vn, file: h1}}
    h2: {name: Huyện Hai, level: district, parent: ubnd, contact: {email: h2@t.example.vn}}
    h3: {name: Huyện Ba, level: district, parent: ubnd, contact: {email: h3@t.example.vn}}
  groups:
    huyen: {level: district}
coordinator: so-a
span: 2020-03-04 .. 2020-12-31
stages:
  bao-cao:
    name: Báo cáo
    clause: I.1
    responsible: {each: huyen}
    submit_to: so-a
    deadline: trước ngày 30/3/2020
  tong-hop:
    name: Tổng hợp
    clause: I.2
    responsible: so-a
    accept_by: ubnd
    after: [bao-cao]
    inferred: 10 ngày làm việc sau khi bao-cao
questions: [{id: q1, clause: I.2, text: Ai duyệt?, about: [tong-hop]}]
');
CREATE TABLE stand_in (
	id INTEGER NOT NULL, 
	instance_id INTEGER NOT NULL, 
	role VARCHAR NOT NULL, 
	unit VARCHAR NOT NULL, 
	successor VARCHAR NOT NULL, 
	since DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(instance_id) REFERENCES instance (id), 
	UNIQUE (instance_id, role, unit)
);
CREATE TABLE suspension (
	id INTEGER NOT NULL, 
	task_id INTEGER NOT NULL, 
	state VARCHAR NOT NULL, 
	from_at DATETIME NOT NULL, 
	to_at DATETIME, 
	doc VARCHAR, 
	reason TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(task_id) REFERENCES task (id)
);
INSERT INTO "suspension" VALUES(1,3,'assigned','2020-03-27 01:30:00.000000','2020-03-28 01:30:00.000000','7/U, 2020-03-20','chờ');
CREATE TABLE tally (
	id INTEGER NOT NULL, 
	instance_id INTEGER NOT NULL, 
	stage VARCHAR NOT NULL, 
	period VARCHAR NOT NULL, 
	scope VARCHAR NOT NULL, 
	total INTEGER NOT NULL, 
	done INTEGER NOT NULL, 
	dropped INTEGER NOT NULL, 
	reached_at DATETIME, 
	PRIMARY KEY (id), 
	CONSTRAINT tally_bounds CHECK (done >= 0 AND dropped >= 0 AND done + dropped <= total), 
	FOREIGN KEY(instance_id) REFERENCES instance (id), 
	UNIQUE (instance_id, stage, period, scope)
);
INSERT INTO "tally" VALUES(1,1,'bao-cao','','',3,1,0,NULL);
INSERT INTO "tally" VALUES(2,1,'tong-hop','','',1,0,0,NULL);
CREATE TABLE "task" (
	id INTEGER NOT NULL, 
	instance_id INTEGER NOT NULL, 
	stage VARCHAR NOT NULL, 
	period VARCHAR NOT NULL, 
	unit VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	version INTEGER NOT NULL, 
	opens_at DATETIME, 
	opened_at DATETIME, 
	touched_at DATETIME NOT NULL, 
	submitted_at DATETIME, 
	returned_at DATETIME, 
	completed_at DATETIME, 
	deadline_version INTEGER NOT NULL, 
	named DATE, 
	last_day DATE, 
	due_time TIME, 
	original_last_day DATE, 
	from_on DATE, 
	to_on DATE, 
	approximate BOOLEAN NOT NULL, 
	by_hand BOOLEAN NOT NULL, 
	provisional BOOLEAN NOT NULL, 
	overdue_at DATETIME, 
	swept_at DATETIME, 
	next_action_at DATETIME, 
	acked_until DATETIME, 
	late_from DATE, 
	paused_days INTEGER DEFAULT '0' NOT NULL, 
	taken_from VARCHAR DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT task_state CHECK (state IN ('waiting', 'assigned', 'in_progress', 'submitted', 'returned', 'completed', 'suspended', 'transferring', 'cancelled', 'exempt')), 
	CONSTRAINT task_completed_at CHECK (state <> 'completed' OR completed_at IS NOT NULL), 
	CONSTRAINT task_opened_at CHECK (opened_at IS NOT NULL OR state IN ('waiting', 'suspended', 'transferring', 'cancelled', 'exempt')), 
	FOREIGN KEY(instance_id) REFERENCES instance (id), 
	UNIQUE (instance_id, stage, period, unit)
);
INSERT INTO "task" VALUES(1,1,'bao-cao','','h1','completed',3,NULL,'2020-03-04 01:00:00.000000','2020-03-27 01:00:00.000000','2020-03-27 01:00:00.000000',NULL,'2020-03-27 01:00:00.000000',1,'2020-03-30','2020-03-29',NULL,'2020-03-29',NULL,NULL,0,0,0,'2020-03-29 17:00:00.000000','2020-03-04 01:00:00.000000',NULL,'2020-03-19 00:30:00.000000',NULL,0,'');
INSERT INTO "task" VALUES(2,1,'bao-cao','','h2','assigned',3,NULL,'2020-03-04 01:00:00.000000','2020-03-27 01:00:00.000000',NULL,NULL,NULL,2,'2020-04-10','2020-04-10',NULL,'2020-03-29',NULL,NULL,0,1,0,'2020-04-10 17:00:00.000000','2020-03-31 01:00:00.000000','2020-04-07 00:30:00.000000',NULL,NULL,0,'');
INSERT INTO "task" VALUES(3,1,'bao-cao','','h3','assigned',3,NULL,'2020-03-04 01:00:00.000000','2020-03-28 01:30:00.000000',NULL,NULL,NULL,2,'2020-03-31','2020-03-30',NULL,'2020-03-29',NULL,NULL,0,1,0,'2020-03-30 17:00:00.000000','2020-04-03 01:00:00.000000','2020-04-06 00:30:00.000000',NULL,NULL,0,'');
INSERT INTO "task" VALUES(4,1,'tong-hop','','so-a','waiting',1,NULL,NULL,'2020-03-04 01:00:00.000000',NULL,NULL,NULL,1,NULL,NULL,NULL,NULL,NULL,NULL,0,0,0,NULL,NULL,NULL,NULL,NULL,0,'');
CREATE TABLE unit (
	directory VARCHAR NOT NULL, 
	unit VARCHAR NOT NULL, 
	facts TEXT NOT NULL, valid_to DATE, 
	PRIMARY KEY (directory, unit)
);
INSERT INTO "unit" VALUES('nho','ubnd','{"name":"UBND tỉnh","level":"province","contact":{"email":"ubnd@t.example.vn"}}',NULL);
INSERT INTO "unit" VALUES('nho','so-a','{"name":"Sở A","level":"department","parent":"ubnd","contact":{"email":"so-a@t.example.vn"}}',NULL);
INSERT INTO "unit" VALUES('nho','h1','{"name":"Huyện Một","level":"district","parent":"ubnd","contact":{"email":"h1@t.example.vn","file":"h1"}}',NULL);
INSERT INTO "unit" VALUES('nho','h2','{"name":"Huyện Hai","level":"district","parent":"ubnd","contact":{"email":"h2@t.example.vn"}}',NULL);
INSERT INTO "unit" VALUES('nho','h3','{"name":"Huyện Ba","level":"district","parent":"ubnd","contact":{"email":"h3@t.example.vn"}}',NULL);
CREATE INDEX message_pending ON message (status, next_attempt_at);
CREATE INDEX entry_instance ON entry (instance_id);
CREATE INDEX entry_task ON entry (task_id);
CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;
CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END;
CREATE INDEX echo_message ON echo (message_id);
CREATE INDEX silence_task ON silence (task_id);
CREATE INDEX silence_ends ON silence (ended_at, until);
CREATE INDEX task_due ON task (next_action_at);
CREATE INDEX task_overdue ON task (overdue_at);
CREATE INDEX decision_pending ON decision (outcome, due_at);
CREATE INDEX decision_message ON decision (message_id);
CREATE INDEX task_unit ON task (unit);
CREATE INDEX unit_ends ON unit (valid_to);
CREATE INDEX sealed_entry_position ON sealed_entry (position);
CREATE INDEX hand_in_task ON hand_in (task_id);
CREATE INDEX hand_in_quota ON hand_in (quota);
CREATE INDEX extension_task ON extension (task_id);
CREATE INDEX suspension_task ON suspension (task_id);
CREATE INDEX amendment_instance ON amendment (instance_id);
COMMIT;
