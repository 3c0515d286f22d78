-- A database of schema 0004, kept as it was written by the program of that time.
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0004');
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
	UNIQUE (task_id, rung, occurrence, deadline_version, recipient), 
	FOREIGN KEY(task_id) REFERENCES task (id), 
	FOREIGN KEY(message_id) REFERENCES message (id)
);
INSERT INTO "decision" VALUES(1,1,'opening',1,1,'h1','responsible',0,'giao-viec',0,0,'2020-03-04 01:00:00.000000',NULL,'sent','accepted by the mail server',1,NULL);
INSERT INTO "decision" VALUES(2,2,'opening',1,1,'h2','responsible',0,'giao-viec',0,0,'2020-03-04 01:00:00.000000',NULL,'sent','accepted by the mail server',3,NULL);
INSERT INTO "decision" VALUES(3,3,'opening',1,1,'h3','responsible',0,'giao-viec',0,0,'2020-03-04 01:00:00.000000',NULL,'sent','accepted by the mail server',4,NULL);
INSERT INTO "decision" VALUES(4,2,'T-7',1,1,'h2','responsible',0,'nhac-viec',0,0,'2020-03-19 00:30:00.000000',NULL,'superseded','a higher rung for the same task and recipient went out instead',NULL,NULL);
INSERT INTO "decision" VALUES(5,2,'T-3',1,1,'h2','responsible',0,'nhac-viec',0,0,'2020-03-25 00:30:00.000000',NULL,'superseded','a higher rung for the same task and recipient went out instead',NULL,NULL);
INSERT INTO "decision" VALUES(6,2,'T-1',1,1,'h2','responsible',0,'nhac-viec',0,0,'2020-03-27 00:30:00.000000',NULL,'superseded','a higher rung for the same task and recipient went out instead',NULL,NULL);
INSERT INTO "decision" VALUES(7,2,'T0',1,1,'so-a','submit_to',0,'tiep-nhan',0,0,'2020-03-30 00:30:00.000000',NULL,'sent','accepted by the mail server',5,NULL);
INSERT INTO "decision" VALUES(8,2,'T+1',1,1,'h2','responsible',1,'nhac-qua-han',0,0,'2020-03-31 00:30:00.000000',NULL,'sent','accepted by the mail server',6,NULL);
INSERT INTO "decision" VALUES(9,3,'T-7',1,1,'h3','responsible',0,'nhac-viec',0,0,'2020-03-19 00:30:00.000000',NULL,'silenced','silenced',NULL,1);
INSERT INTO "decision" VALUES(10,3,'T-3',1,1,'h3','responsible',0,'nhac-viec',0,0,'2020-03-25 00:30:00.000000',NULL,'silenced','silenced',NULL,1);
INSERT INTO "decision" VALUES(11,3,'T-1',1,1,'h3','responsible',0,'nhac-viec',0,0,'2020-03-27 00:30:00.000000',NULL,'silenced','silenced',NULL,1);
INSERT INTO "decision" VALUES(12,3,'T0',1,1,'so-a','submit_to',0,'tiep-nhan',0,0,'2020-03-30 00:30:00.000000',NULL,'silenced','silenced',NULL,1);
INSERT INTO "decision" VALUES(13,3,'T+1',1,1,'h3','responsible',1,'nhac-qua-han',0,0,'2020-03-31 00:30:00.000000',NULL,'silenced','silenced',NULL,1);
INSERT INTO "decision" VALUES(14,2,'T+3',1,1,'h2','responsible',2,'don-doc',0,0,'2020-04-03 00:30:00.000000',NULL,'sent','accepted by the mail server',7,NULL);
INSERT INTO "decision" VALUES(15,2,'T+3',1,1,'so-a','coordinator',2,'don-doc',0,0,'2020-04-03 00:30:00.000000',NULL,'sent','accepted by the mail server',8,NULL);
INSERT INTO "decision" VALUES(16,3,'T+3',1,1,'h3','responsible',2,'don-doc',0,0,'2020-04-03 00:30:00.000000',NULL,'silenced','silenced',NULL,1);
INSERT INTO "decision" VALUES(17,3,'T+3',1,1,'so-a','coordinator',2,'don-doc',0,0,'2020-04-03 00:30:00.000000',NULL,'silenced','silenced',NULL,1);
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
INSERT INTO "entry" VALUES(1,'2026-11-24 15:01:57.788097','2020-03-04 01:00:00.000000','lan',NULL,1,NULL,'start',NULL,NULL,NULL,NULL,'{"plan": "nho", "snapshot": "511c6d92dcb5aafd0ee3f2015d10fe103c651219a3e359f90baf8231058ed43e", "tasks": 4, "backdate": false}');
INSERT INTO "entry" VALUES(2,'2026-11-24 15:01:57.788097','2020-03-04 01:00:00.000000','lan',NULL,1,1,'create',NULL,'assigned',NULL,NULL,'{}');
INSERT INTO "entry" VALUES(3,'2026-11-24 15:01:57.788097','2020-03-04 01:00:00.000000','lan',NULL,1,2,'create',NULL,'assigned',NULL,NULL,'{}');
INSERT INTO "entry" VALUES(4,'2026-11-24 15:01:57.788097','2020-03-04 01:00:00.000000','lan',NULL,1,3,'create',NULL,'assigned',NULL,NULL,'{}');
INSERT INTO "entry" VALUES(5,'2026-11-24 15:01:57.788097','2020-03-04 01:00:00.000000','lan',NULL,1,4,'create',NULL,'waiting',NULL,NULL,'{}');
INSERT INTO "entry" VALUES(6,'2026-11-24 15:02:00.342632','2020-03-05 02:00:00.000000','lan',NULL,1,1,'ack','assigned','in_progress',NULL,NULL,'{"changed": {"acked_until": [null, "2020-03-19T00:30:00+00:00"]}}');
INSERT INTO "entry" VALUES(7,'2026-11-24 15:02:01.373923','2026-11-24 15:02:01.373923','lan',NULL,NULL,NULL,'calendar',NULL,NULL,'Thông báo 1',NULL,'{"days": [{"calendar": "so-a", "directory": "nho", "level": "", "unit": "", "day": "2020-04-10", "works": false}]}');
INSERT INTO "entry" VALUES(8,'2026-11-24 15:02:02.290838','2026-11-24 15:02:02.290838','lan',NULL,1,3,'silence','assigned','assigned',NULL,'hẹn thứ Năm','{"until": "2027-06-01", "why": "hẹn thứ Năm"}');
INSERT INTO "entry" VALUES(9,'2026-11-24 15:02:03.845153','2020-03-27 01:00:00.000000','lan',NULL,1,1,'submit','in_progress','completed','12/BC-UBND, 2020-03-26',NULL,'{"changed": {"submitted_at": [null, "2020-03-27T01:00:00+00:00"], "completed_at": [null, "2020-03-27T01:00:00+00:00"], "next_action_at": ["2020-03-19T00:30:00+00:00", null]}}');
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
INSERT INTO "message" VALUES(5,'so-a@t.example.vn','email','2020-03-31',0,0,'<0139d102ec0bc3b40e7d78cbcc8b792845bdd6da@kh.invalid>','[1/KH-UBND] Received so far: Báo cáo','Kính gửi: Sở A

RECEIVED SO FAR
Báo cáo
(1/KH-UBND ngày 04/03/2020 của UBND tỉnh, mục I.1)

Đến hạn ngày 30/03/2020. Đã nhận 1/3: Huyện Một.

Chưa nhận:
- Huyện Hai
Nếu sản phẩm đã đến, đề nghị báo cơ quan điều phối ghi nhận.

Cơ quan điều phối: Sở A (so-a@t.example.vn).
Thông báo được gửi tự động theo kế hoạch. Nếu đơn vị đã thực hiện, đề nghị báo lại cơ quan điều phối để cập nhật.
','[]',0,'T0','tiep-nhan','2020-03-31 01:00:00.000000','sent','250 OK',1,NULL,'2020-03-31 01:00:00.000000',NULL,NULL,'<!DOCTYPE html>
<html lang="vi">
<body style="font-family: ''Times New Roman'', serif; font-size: 16px; line-height: 1.4; max-width: 48em">
<p>Kính gửi: <strong>Sở A</strong></p>
<h2 style="font-size: 17px; margin: 1.5em 0 0.3em">RECEIVED SO FAR</h2>
<p style="margin: 0"><strong>Báo cáo</strong><br>
1/KH-UBND ngày 04/03/2020 của UBND tỉnh, mục I.1</p>
<div style="white-space: pre-line; margin: 0.6em 0">Đến hạn ngày 30/03/2020. Đã nhận 1/3: Huyện Một.

Chưa nhận:
- Huyện Hai
Nếu sản phẩm đã đến, đề nghị báo cơ quan điều phối ghi nhận.
</div>
<hr>
<p style="font-size: 14px">Cơ quan điều phối: Sở A (<a href="mailto:so-a@t.example.vn">so-a@t.example.vn</a>).<br>
Thông báo được gửi tự động theo kế hoạch. Nếu đơn vị đã thực hiện, đề nghị báo lại cơ quan điều phối để cập nhật.</p>
</body>
</html>
');
INSERT INTO "message" VALUES(6,'h2@t.example.vn','email','2020-03-31',0,0,'<276318eea3473b0f373acb8de93958542ca8cfd0@kh.invalid>','[1/KH-UBND] Overdue reminder: Báo cáo','Kính gửi: Huyện Hai

OVERDUE REMINDER
Báo cáo
(1/KH-UBND ngày 04/03/2020 của UBND tỉnh, mục I.1)

Đã quá hạn mà chưa có sản phẩm:
- Huyện Hai: hạn chậm nhất ngày 29/03/2020 (kế hoạch ghi: “trước ngày 30/3/2020”); quá hạn 2 ngày
Đề nghị đơn vị thực hiện ngay, hoặc báo lý do và thời gian hoàn thành.

Cơ quan điều phối: Sở A (so-a@t.example.vn).
Thông báo được gửi tự động theo kế hoạch. Nếu đơn vị đã thực hiện, đề nghị báo lại cơ quan điều phối để cập nhật.
','[]',1,'T+1','nhac-qua-han','2020-03-31 01:00:00.000000','sent','250 OK',1,NULL,'2020-03-31 01:00:00.000000',NULL,NULL,'<!DOCTYPE html>
<html lang="vi">
<body style="font-family: ''Times New Roman'', serif; font-size: 16px; line-height: 1.4; max-width: 48em">
<p>Kính gửi: <strong>Huyện Hai</strong></p>
<h2 style="font-size: 17px; margin: 1.5em 0 0.3em">OVERDUE REMINDER</h2>
<p style="margin: 0"><strong>Báo cáo</strong><br>
1/KH-UBND ngày 04/03/2020 của UBND tỉnh, mục I.1</p>
<div style="white-space: pre-line; margin: 0.6em 0">Đã quá hạn mà chưa có sản phẩm:
- Huyện Hai: hạn chậm nhất ngày 29/03/2020 (kế hoạch ghi: “trước ngày 30/3/2020”); quá hạn 2 ngày
Đề nghị đơn vị thực hiện ngay, hoặc báo lý do và thời gian hoàn thành.
</div>
<hr>
<p style="font-size: 14px">Cơ quan điều phối: Sở A (<a href="mailto:so-a@t.example.vn">so-a@t.example.vn</a>).<br>
Thông báo được gửi tự động theo kế hoạch. Nếu đơn vị đã thực hiện, đề nghị báo lại cơ quan điều phối để cập nhật.</p>
</body>
</html>
');
INSERT INTO "message" VALUES(7,'h2@t.example.vn','email','2020-04-03',0,0,'<ba4cd198f70dca4107d10a2ffe6a6e165eaf273a@kh.invalid>','[1/KH-UBND] Chasing: Báo cáo','Kính gửi: Huyện Hai

CHASING
Báo cáo
(1/KH-UBND ngày 04/03/2020 của UBND tỉnh, mục I.1)

Đôn đốc thực hiện nội dung đã quá hạn:
- Huyện Hai: hạn chậm nhất ngày 29/03/2020 (kế hoạch ghi: “trước ngày 30/3/2020”); quá hạn 5 ngày
Đề nghị đơn vị hoàn thành và gửi ngay; nếu có khó khăn, vướng mắc, báo cáo rõ lý do.

Cơ quan điều phối: Sở A (so-a@t.example.vn).
Thông báo được gửi tự động theo kế hoạch. Nếu đơn vị đã thực hiện, đề nghị báo lại cơ quan điều phối để cập nhật.
','[]',2,'T+3','don-doc','2020-04-03 01:00:00.000000','sent','250 OK',1,NULL,'2020-04-03 01:00:00.000000',NULL,NULL,'<!DOCTYPE html>
<html lang="vi">
<body style="font-family: ''Times New Roman'', serif; font-size: 16px; line-height: 1.4; max-width: 48em">
<p>Kính gửi: <strong>Huyện Hai</strong></p>
<h2 style="font-size: 17px; margin: 1.5em 0 0.3em">CHASING</h2>
<p style="margin: 0"><strong>Báo cáo</strong><br>
1/KH-UBND ngày 04/03/2020 của UBND tỉnh, mục I.1</p>
<div style="white-space: pre-line; margin: 0.6em 0">Đôn đốc thực hiện nội dung đã quá hạn:
- Huyện Hai: hạn chậm nhất ngày 29/03/2020 (kế hoạch ghi: “trước ngày 30/3/2020”); quá hạn 5 ngày
Đề nghị đơn vị hoàn thành và gửi ngay; nếu có khó khăn, vướng mắc, báo cáo rõ lý do.
</div>
<hr>
<p style="font-size: 14px">Cơ quan điều phối: Sở A (<a href="mailto:so-a@t.example.vn">so-a@t.example.vn</a>).<br>
Thông báo được gửi tự động theo kế hoạch. Nếu đơn vị đã thực hiện, đề nghị báo lại cơ quan điều phối để cập nhật.</p>
</body>
</html>
');
INSERT INTO "message" VALUES(8,'so-a@t.example.vn','email','2020-04-03',0,0,'<53de26bc23fa0cc73c8d7bcd0342c66159ccd4d7@kh.invalid>','[1/KH-UBND] Chasing: Báo cáo','Kính gửi: Sở A

CHASING
Báo cáo
(1/KH-UBND ngày 04/03/2020 của UBND tỉnh, mục I.1)

Đôn đốc thực hiện nội dung đã quá hạn:
- Huyện Hai: hạn chậm nhất ngày 29/03/2020 (kế hoạch ghi: “trước ngày 30/3/2020”); quá hạn 5 ngày
Đề nghị đơn vị hoàn thành và gửi ngay; nếu có khó khăn, vướng mắc, báo cáo rõ lý do.
Dự thảo công văn đôn đốc kèm theo để trình ký.

Cơ quan điều phối: Sở A (so-a@t.example.vn).
Thông báo được gửi tự động theo kế hoạch. Nếu đơn vị đã thực hiện, đề nghị báo lại cơ quan điều phối để cập nhật.
','[{"name": "du-thao-cong-van-1.docx", "type": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "base64": "UEsDBBQAAAAIAEN4eF12Bu9NOAEAAB4EAAATAAAAW0NvbnRlbnRfVHlwZXNdLnhtbLWTu07DQBBFe77CcuMC2ZtQIIRip+BRQorwAavdcbxiX9qZhOTvGTuPAoUERCjtmXvP2ZU9ma6dzVaQ0ARfF+NqVGTgVdDGL+ribf5c3hUZkvRa2uChLjaAxbS5msw3ETDjsMc674jivRCoOnASqxDB86QNyUnix7QQUap3uQBxMxrdChU8gaeS+o68mTxCK5eWsqc1vx5E8gQW8+xhu9iz6lzGaI2SxHOx8voLpdwRKk4OO9iZiNe8kIujhH7yPWCXe+WbSUZDNpOJXqTjLaGDmqUQUfB+dbrliGZoW6OAO5aOIxX0Qhp0GbkSEhk4OJ9kq5Dg9/D9HfXpHxI/QtLioPvX4/ZtzFWAyB+Ys9Vh4qTxZz06kBrS+PIa2+KzfAQiDuDlBfbN5xVoY+E/BIbePV4Mv3fzCVBLAwQUAAAACABDeHhdM7PKJ+UAAABNAgAACwAAAF9yZWxzLy5yZWxzrZJNSwMxEIbv/oqQS07dbFVEpNleROhNpP6AIZndDd18MBn78e8NouhCKYIe5515H57DrNbHMIk9UvEpGrVsWiUw2uR8HIx63T4t7pUoDNHBlCIadcKi1t3V6gUn4Nopo89FVEgsRo7M+UHrYkcMUJqUMdZNnygA15EGncHuYEB93bZ3mn4yZDdjio0zkjbuRortKePf2DoggwMGbRPhIlNtE3ssFQ40IBvpkn2ucfm4aCpZ6vNCt78XSn3vLT4m+xYw8jkvPDJGh+6yEuR8yWj5n0bzi2+ZQyKn3Wf8ZaNnX9C9A1BLAwQUAAAACABDeHhdHMb0124BAAD+AgAAEQAAAGRvY1Byb3BzL2NvcmUueG1snVLLTsMwELzzFVEvOSV2WoFQlKQSoJ6ohEQRiJuxt6lp/JDtNuTvcR5NU9ETkg+enfF4Pets+SOq4AjGciXzMIlxGICkinFZ5uHbZhXdh4F1RDJSKQl52IANl8VNRnVKlYEXozQYx8EG3kjalOp8tnNOpwhZugNBbOwV0pNbZQRxHpoSaUL3pAQ0x/gOCXCEEUdQaxjp0XE2WDI6WuqDqToDRhFUIEA6i5I4QWetAyPs1QMdM1EK7hoNV6UnclT/WD4K67qO60Un9f0n6GP9/No9NeKyjYrCrMgYTR13FRQZOm/9zh6+voG6vjwCv6cGiFOmJ0bgY95DUyvDLOpkDCw1XDs/rl56UfDyili39vPbcmAPDepqBo68HXCRZGgKsyGu/j5ggX9m2odyYt4Xj0+b1ayY4zmO8CLCtxuM0259tvdfnD8biqGDfzueDLr+qTcvlWn6CDjzY2/JIawp9rAisjz4z9WTE/Tnyxa/UEsDBBQAAAAIAEN4eF3029sX6wEAAGwEAAAQAAAAZG9jUHJvcHMvYXBwLnhtbJ1Uy27bMBC8+ysEXXSKaQdBURiSgtZB0UPdGrCSnLfUyiJKkQS5MeJ+ffmIFTmGL/WJO7M7+7TK+9dBZge0TmhVFcv5oshQcd0Kta+Kx+bbzecicwSqBakVVsURXXFfz8qt1QYtCXSZV1Cuynsis2LM8R4HcHNPK8902g5A3rR7prtOcHzQ/GVARex2sfjE8JVQtdjemFEwT4qrA/2vaKt5qM89NUfj9epZlpUNDkYCYf0zBMt5q2ko2YhGF00gGzFgvfDMaARqC3t09bJk6RGgZ21bFzzTI0DrHixw8tMM+MQK5BdjpOBAftD1RnCrne4o2wAXirTrsyBTsqlXiPKN7ZC/WEHHoDk1A/1DKIzJ0iOVamFvwfQRn1iB3HGQuPazqTuQDkv2DgT6O0LY/BZEKtpDB1odkJO2mRN/scpv8+w3OAyTrfIDWAGK8uT75p2wE5RAaRzZuhEkfc7RPkWxy7CrSuIurCE9rsYnJJYd+2IfGytjKe5X5+dD11pdTluNFZ81GhF2JeGFfrkB5W8nBZRrPRhQR3Za4h/3aBr9EC7xbTHn4Pl1PQvqdwY4frizCR6X7Qls/cmMyx6BuGzfl5U+zVffJDuHnBdVe2xPkZfE20k/pU9HvbybL/wvHvAJm/nzG//V9ewfUEsDBBQAAAAIAEN4eF2sEErhigYAAH0cAAARAAAAd29yZC9kb2N1bWVudC54bWzlWVtv2zYUft+vIPySFkgi+RLHcZoUSYrGQVsjS9JsrzIlW1okUpNoJ+lThwC7YA9bBwzYsLVLULTbCgTtsPXFxrAHBf4f6i/ZoUhJdnNz4mRtsMCQSJE8+s7H7xxSzI2bW46NWobnW5TMjGTH1RFkEEx1izRmRu6v3R4rjSCfaUTXbEqMmZFtwx+5OfvBjc2yTnHTMQhDYIH45U0Xz2RMxtyyovjYNBzNH3cs7FGf1tk4po5C63ULG8om9XQlp2bVqOR6FBu+D69b0EhL8zPSnEMHs+ZoOC7mVLUEdYskNg4joq5BoLFOPUdjUPUaMMLbaLpjYNPVmFWzbIttc1vFxExrJtP0SFnaGEtw8DFlAFBuOXbcmZ7UVwCVt3iENwhIMeSWpDyCp3iGDYAp8U3LTXk7rzVoNGMjJzrc4+ymmy0MN+m3PG0TbqnBQeDrYpBjC+QnW8yqA8wIN5GMGARC/ztjJL3i2zwfNb3kNobjdtGjTTe1Zg1nbYlsJLYgEZzFlpyjXtf84cCsmpoLAeTg8lKDUE+r2YAIGEdckZlZyE41qm/zO6vZ8rbsycJHCG7bLozQmoxmoAZTrmYU2XxX26ZNlvSpW1uGnjZSugFNdcvz2QK1mw6ZyWQz8ZMVuimrtpa2q/GDqDmqEVqZh5ya1NZFLRra0mx4XpiLECn90Bc9S+fFBtzBvICeL+ZKAmDf44nJXDE1EY9kwhQWV2kYp5ToW1qm36ySdnSjiyj7roZhJqBvzYDIMKQvWp0ZXkLnJzh2CEOiMTxpT5oQF2nuQdwzV5C9ZEu0wESvg3e4nuEbXsvIzN6fr95Ca2Hny2olgiiGCPOXjLWmnAvxath5guZOBevO68IKdeMXcMnbBofsP5jJFKOCsB4pBlObelLNErS0cdjxYr/nXJkWD+dSUl5p8mAytjTMBDEW0XmTUWfwvmy+wDt6VsOMqz08CX+UVGCny6xXppcvs1OnbnYh7PxQXUSV4Ls59HGwgypQX0ILcHuOqouVg9/m0PpS2Pl8DVXn7r1z5RXfhn/wbdj5ESM7bO+7aIwHyB9Ip1CqhO09YiLXDNr4qmtwKtunQagep0ElyXiXl/dKF5X43p7MY9PIozJK/pQ3D5/Db0zcziHIbO6/TdzrSgsdPAr+InAFVzBiJogUI9MKO18QdCds/4NMCmrFJvKhA8oqdypjPN0f4dzlpprhZtY6LViP5kdMZPIbRaQR7G7L2WZmsAcQxR852HFQTs2pxxMj9a8kG6GTHc71eQw7tyHUUBrI2zvBPmSlRtjZt8qo0tyONFDRrIvIrP0Z4SzDeUz05J1oc3c3ylGTuUOc1Ch8OV0cI2uDhoMUhlqIVZFPFYFw2PlVQ1E3Fna+Ao6v9Zki8JZvro8iyCa/oDmwYFCkB6+tUd79ezAG7U9d1OIo3g5RHOxhRGCdsZDehK4Hj7qvoDdGDUuj40PO3LukHhbP9j8k5jUf81pIeU0Iw2b3lcZZbO+TlIANGM/Qp82w/bSfs/IVZmU+2KN8zim65oSdZxgtjWenI1cTNTVMK/L3sQW6gX1GGb15+DPzOCs/YclnXlXyCufwzcPH16cR6e5Zkr+yJPUqS2esN3mVBQvS8dyUogrPR0EawZ5snBDNV9lpGQt8Hf8MvAEBfC2SA+7ugasaGeWhAb62eAsJXjQR84IXBG0ABb8TxBXS5RFm0mCX8HDbhUTVCnbFgtAXTphLxYkU84xJZsUKGYeprEWxmiyf00jI8HGS0nDwJ7w/uhzsAMJWpFJodsL2Szza700t0b4XvEZ28DdspseVYefsyNXpf3BSUchN5I46qciquWNPKqQCsUbYqmtbTPaLhTnAti9+6/m/ME/6GDu0yzv0RVntyXQXKZxjgzc3YMaqwhomAnL6vcLVt2vh4biTxuH19wvq3e6rZhmtrx2VEc72bdITA2cWabZQGP4oYcDdaXQQsrbSfRl2nlQX0UJ3F314f676zk9CBoKvDPaR5BuYLXv8iMG39BVAp95eKE7lb2fiR8scsqoW1WJ+IX64CoOip/lCMVuMDqFNQ9MNb8WoG55BsJFOu1HXmjbLIK9sQTL1lvQp4b/bWH0g9JDNTqnRIYsJ5WIpX4o73NM4MEbdQ4dxpYmIUVjjGXXSVnloMqlGOVtAAr0VJ6PFgFLWU200We90YGr76TlPsp9gFrON5UZU1inmCVue2yxbDJv8CCWOMsFkVBQn8kr6j8PZfwFQSwMEFAAAAAgAQ3h4XUuVZ07RAAAAHgIAABwAAAB3b3JkL19yZWxzL2RvY3VtZW50LnhtbC5yZWxzrZFNawIxEIbv/RUhl5zcrBWLFbNepOC16A8YktkP3E1CZlrcf2/AigpSPHh8M+R5H2ZW6+PQi19M1AVv1LQolUBvg+t8Y9R+9zVZKEEM3kEfPBo1Iql19bb6xh44/6G2iyQyxJORLXNcak22xQGoCBF9ntQhDcA5pkZHsAdoUL+X5YdOtwxZ3THF1hmZtm4mxW6M+Aw71HVncRPsz4CeH1Ro4rFHykRIDbKR51xkjtSP6+cvrUfmvNdbgb+X/xQ+X6nQIjhMV4Fznl769d1ZqxNQSwMEFAAAAAgAQ3h4XbwJqjLpAgAABgsAAA8AAAB3b3JkL3N0eWxlcy54bWzVVstS2zAU3fcrPN5kFWxTyiQZDAOhKcy0KUOBrhVJjjXo4UoKIXx9r2XZPBwHGrpoV5Hu49x7j47kHBzdCx7cUW2Ykmkv2Yl7AZVYESbnae/6atIf9AJjkSSIK0nT3oqa3tHhh4PlyNgVpyaAfGlGAqdhbm0xiiKDcyqQ2VEFleDMlBbIwlbPI4H07aLoYyUKZNmMcWZX0W4c74ceRr8FRWUZw/RU4YWg0rr8SFMOiEqanBWmRlu+BW2pNCm0wtQYmFnwCk8gJhuYZK8FJBjWyqjM7sAwviMHBelJ7FaCh4HAo/O5VBrNOE1DAAoPgTmi8CnN0IJbU271hfZbv3M/EyWtCZYjZDBjaXjFBJA9pcvgUgkEvS1H+bE06z0UGXtsGFrrxKZtjsqS5gG8d4in4e6gtozNSxtHcl7b7lj/Zvq8YGOaMQLNId3/cVwmRn6y6OW8xcudK1wgzFwdlFkKqohLSM5AgeHuXrO5XJS0ooVVvkThSzwFjVqEO+UChF0VkF4gjeYaFXmJSqqwNEzKnQs8J2k4LQXD3eFJJGg9vzc7Xn5NnKjcGm4TqWPieDLeH36cVFH/9uk+OSQ3+itkNfScUUSobtGTV2ZXbIYMJd/lOubgJG9re4U0zpFPW7ALzZSGd6KOGA69R+aM0J85ldeAvIb2z/vJ4GTix+oYB0MhhEFhG87eK+einrw8utaoPihoogIX1jFD4g+ACnbGCKFy/UTdfdvyQdnQ81Xp3yjawIW8RvJrHUI/M15JGhbnsqR/6W9r1Sm5R2EdOKacf0NVtCq6QznNbOVN4sEa/0xZq0R3vmbzfANA9LyZqBmim2+5EDOq4UXa+EZ8ZaatjKkKnP2dTL9BC89P/4tmpNWM8wTOte5WPpVNR7+ffL/dT9zfeML/TFcn8LWFfzCPunJdlZ9zT8xDGu65BfREPQxWXOnHyo3qtsptFLlVdq3XrZIZfCYIPXtf+s126VGL/v/pktcrc/gbUEsDBBQAAAAIAEN4eF2jP0ZfvwMAAOcJAAARAAAAd29yZC9zZXR0aW5ncy54bWy1Vt1y2jgUvt+nYLjhZgm2cUzjKekksN5NJmwzdfoAsn0AbfQ3kgyhT98j24rJlmaY7ewV8vnOv75zxMdPL5wNdqANlWI+Ci+C0QBEKSsqNvPR16ds/GE0MJaIijApYD46gBl9uv7t4z41YC1qmQF6ECbl5Xy4tValk4kpt8CJuZAKBIJrqTmx+Kk3E070c63GpeSKWFpQRu1hEgVBMuzcyPmw1iLtXIw5LbU0cm2dSSrXa1pC9+Mt9DlxW5OlLGsOwjYRJxoY5iCF2VJlvDf+X70huPVOdu8VsePM6+3D4Ixy91JXrxbnpOcMlJYlGIMXxJlPkIo+cPyDo9fYFxi7K7FxheZh0Jz6zA07J5EWeqCFJvpwnAUv07uNkJoUDOZDzGZ4jYz6JiUf7NMdQecFGJtRO5w4AIuR69wSCwgbBYw5eg5LBgSd7dONJhyZ5SWNTQVrUjP7RIrcSuXdzqKghcst0aS0oHNFSvS2kMJqybxeJf+WdoEs1djE1sKQHTxq2FHYP9LS1hpaRw2V3ak2kP3xQA6ytkdI3o4JOhaEY7FvqL+SFbgCak3Pv4+hTxLb9k4giVOtaQVPrsm5PTDIsMacfoMbUd3XxlL02AzAL2TwXgIgXOTPSIung4IMiOuZ+Z+CNReWMapWVGup70SFk/mrwSbH14srsjL+8EVK61WD4DaezaYdsRzaI8E0TsLkJJIEyXRxCgkvg1l8ewqJrpLp1fIUMo2S7OpkBjc34fLDSZufZ724DZIkPoVki+RqmnW96TrCU7f7HrU/OZoNeGuxILzQlAxWbjtOnEahn2+p8HgBuC/gGMnrwoPjcQsYThjLcFw9ELTyihq1hHVzZiuiN73fTkOflOJquH/1VSJPQP+pZa1adK+JaunjVcI47iypsA+Ue7mpi9xbCdxwR1Atqs873fSpb88+tUi/ZgwfSMPdRhfE+GvuiAfE2BtDyXz4DxnfP3Z0Zzp3rIUVUaplfLEJ50NGN1sbOjOLXxW+q81HsYk6LGqwqMWaD1K6YlG7O/SyyMuO9KZeNu1lsZfFvezSyy57WeJliZNtcfw1ruxnnEN/dPK1ZEzuofqrx38QdcvcTfdNbaVfyd0GNu1m3hIFy3bfIx9lK+geADPYpfBisc0VPicDo2jFyQteahDNnPNOmzV7+42uw5yyeuuhIpb4/fDGuJmJf+Xi3qGSIn/zAy/65+WiLYtRg4tM4UtkpfbY7w0Wxlh0eYejh6dGHsVBEgVJ+Aq3Qe442cBS0V5xGgTdgPq/aNffAVBLAwQUAAAACABDeHhdGvoCtMABAAAIBgAAEAAAAHdvcmQvaGVhZGVyMS54bWyllNtunDAQhu/7FIgbrnZhoyqKUNioSto0d5GyfQCvMeDGJ429kO3TdzgYR4mastkbbDzzf/7HjLm+eZEiahlYrlWRbNZZEjFFdclVXSS/dj9WV0lkHVElEVqxIjkym9xsv1x3eVNChGJlc1nEjXMmT1NLGyaJXWvDFMYqDZI4fIU61VXFKbvT9CCZculFll2mGGxiD6FLKJLA88GsqJaGOL7ngrvjwJox+h1Gcgra6sqtUTb5QBD1U5Rf4TtXM6Mt4gOofAKsZkC/b47KvJXCJ+uPcscdpsEr4LPHBUxg0VrZhhvraR96feWz22QLnHYayqD4uuwsexE63GTD7NWWSwrtJQY0ZdZiz0nhOyN8jg777hQfKH/jw3yukmDrDkiHQwAuqawcRb6k/xDft/9JDm+JaokNuPo83D3ogwk0fh7tQT0Hlj2P9dQQg1dJ0vyhVhrIXmB3YKtG/VeOt/hjMsPjEYbhyR0Fi7q8JaKIfzJSMojTPvKb+lWKF2xcTWfd+Bjn9o/PvLicsqZIJcrbhkA0z3ZHg272rMbunTKX07iyDnbsxW0fv91/7wNh5UTUP4wxVQZb6XBS6fAj3/4FUEsBAhQDFAAAAAgAQ3h4XXYG7004AQAAHgQAABMAAAAAAAAAAAAAAIABAAAAAFtDb250ZW50X1R5cGVzXS54bWxQSwECFAMUAAAACABDeHhdM7PKJ+UAAABNAgAACwAAAAAAAAAAAAAAgAFpAQAAX3JlbHMvLnJlbHNQSwECFAMUAAAACABDeHhdHMb0124BAAD+AgAAEQAAAAAAAAAAAAAAgAF3AgAAZG9jUHJvcHMvY29yZS54bWxQSwECFAMUAAAACABDeHhd9NvbF+sBAABsBAAAEAAAAAAAAAAAAAAAgAEUBAAAZG9jUHJvcHMvYXBwLnhtbFBLAQIUAxQAAAAIAEN4eF2sEErhigYAAH0cAAARAAAAAAAAAAAAAACAAS0GAAB3b3JkL2RvY3VtZW50LnhtbFBLAQIUAxQAAAAIAEN4eF1LlWdO0QAAAB4CAAAcAAAAAAAAAAAAAACAAeYMAAB3b3JkL19yZWxzL2RvY3VtZW50LnhtbC5yZWxzUEsBAhQDFAAAAAgAQ3h4XbwJqjLpAgAABgsAAA8AAAAAAAAAAAAAAIAB8Q0AAHdvcmQvc3R5bGVzLnhtbFBLAQIUAxQAAAAIAEN4eF2jP0ZfvwMAAOcJAAARAAAAAAAAAAAAAACAAQcRAAB3b3JkL3NldHRpbmdzLnhtbFBLAQIUAxQAAAAIAEN4eF0a+gK0wAEAAAgGAAAQAAAAAAAAAAAAAACAAfUUAAB3b3JkL2hlYWRlcjEueG1sUEsFBgAAAAAJAAkAOgIAAOMWAAAAAA=="}]',2,'T+3','don-doc','2020-04-03 01:00:00.000000','sent','250 OK',1,NULL,'2020-04-03 01:00:00.000000',NULL,NULL,'<!DOCTYPE html>
<html lang="vi">
<body style="font-family: ''Times New Roman'', serif; font-size: 16px; line-height: 1.4; max-width: 48em">
<p>Kính gửi: <strong>Sở A</strong></p>
<h2 style="font-size: 17px; margin: 1.5em 0 0.3em">CHASING</h2>
<p style="margin: 0"><strong>Báo cáo</strong><br>
1/KH-UBND ngày 04/03/2020 của UBND tỉnh, mục I.1</p>
<div style="white-space: pre-line; margin: 0.6em 0">Đôn đốc thực hiện nội dung đã quá hạn:
- Huyện Hai: hạn chậm nhất ngày 29/03/2020 (kế hoạch ghi: “trước ngày 30/3/2020”); quá hạn 5 ngày
Đề nghị đơn vị hoàn thành và gửi ngay; nếu có khó khăn, vướng mắc, báo cáo rõ lý do.
Dự thảo công văn đôn đốc kèm theo để trình ký.
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
	PRIMARY KEY (directory, user)
);
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
INSERT INTO "silence" VALUES(1,3,'2027-06-01 17:00:00.000000','lan','hẹn thứ Năm','2026-11-24 15:02:02.290838',NULL);
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
CREATE TABLE task (
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
	next_action_at DATETIME, acked_until DATETIME, 
	PRIMARY KEY (id), 
	CONSTRAINT task_completed_at CHECK (state <> 'completed' OR completed_at IS NOT NULL), 
	CONSTRAINT task_opened_at CHECK (state = 'waiting' OR opened_at IS NOT NULL OR state IN ('cancelled', 'exempt')), 
	CONSTRAINT task_state CHECK (state IN ('waiting', 'assigned', 'in_progress', 'submitted', 'returned', 'completed', 'cancelled', 'exempt')), 
	FOREIGN KEY(instance_id) REFERENCES instance (id), 
	UNIQUE (instance_id, stage, period, unit)
);
INSERT INTO "task" VALUES(1,1,'bao-cao','','h1','completed',3,NULL,'2020-03-04 01:00:00.000000','2020-03-27 01:00:00.000000','2020-03-27 01:00:00.000000',NULL,'2020-03-27 01:00:00.000000',1,'2020-03-30','2020-03-29',NULL,'2020-03-29',NULL,NULL,0,0,0,'2020-03-29 17:00:00.000000','2020-03-04 01:00:00.000000',NULL,'2020-03-19 00:30:00.000000');
INSERT INTO "task" VALUES(2,1,'bao-cao','','h2','assigned',1,NULL,'2020-03-04 01:00:00.000000','2020-03-04 01:00:00.000000',NULL,NULL,NULL,1,'2020-03-30','2020-03-29',NULL,'2020-03-29',NULL,NULL,0,0,0,'2020-03-29 17:00:00.000000','2020-04-03 01:00:00.000000','2020-04-07 00:30:00.000000',NULL);
INSERT INTO "task" VALUES(3,1,'bao-cao','','h3','assigned',1,NULL,'2020-03-04 01:00:00.000000','2020-03-04 01:00:00.000000',NULL,NULL,NULL,1,'2020-03-30','2020-03-29',NULL,'2020-03-29',NULL,NULL,0,0,0,'2020-03-29 17:00:00.000000','2020-04-03 01:00:00.000000','2020-04-07 00:30:00.000000',NULL);
INSERT INTO "task" VALUES(4,1,'tong-hop','','so-a','waiting',1,NULL,NULL,'2020-03-04 01:00:00.000000',NULL,NULL,NULL,1,NULL,NULL,NULL,NULL,NULL,NULL,0,0,0,NULL,NULL,NULL,NULL);
CREATE TABLE unit (
	directory VARCHAR NOT NULL, 
	unit VARCHAR NOT NULL, 
	facts TEXT NOT NULL, 
	PRIMARY KEY (directory, unit)
);
INSERT INTO "unit" VALUES('nho','ubnd','{"name":"UBND tỉnh","level":"province","contact":{"email":"ubnd@t.example.vn"}}');
INSERT INTO "unit" VALUES('nho','so-a','{"name":"Sở A","level":"department","parent":"ubnd","contact":{"email":"so-a@t.example.vn"}}');
INSERT INTO "unit" VALUES('nho','h1','{"name":"Huyện Một","level":"district","parent":"ubnd","contact":{"email":"h1@t.example.vn","file":"h1"}}');
INSERT INTO "unit" VALUES('nho','h2','{"name":"Huyện Hai","level":"district","parent":"ubnd","contact":{"email":"h2@t.example.vn"}}');
INSERT INTO "unit" VALUES('nho','h3','{"name":"Huyện Ba","level":"district","parent":"ubnd","contact":{"email":"h3@t.example.vn"}}');
CREATE INDEX message_pending ON message (status, next_attempt_at);
CREATE INDEX task_due ON task (next_action_at);
CREATE INDEX task_overdue ON task (overdue_at);
CREATE INDEX entry_instance ON entry (instance_id);
CREATE INDEX entry_task ON entry (task_id);
CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;
CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END;
CREATE INDEX echo_message ON echo (message_id);
CREATE INDEX silence_task ON silence (task_id);
CREATE INDEX silence_ends ON silence (ended_at, until);
CREATE INDEX decision_pending ON decision (outcome, due_at);
CREATE INDEX decision_message ON decision (message_id);
COMMIT;
