-- A database of schema 0001, kept as it was written by the program of that time.
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE answer (
	instance_id INTEGER NOT NULL, 
	question VARCHAR NOT NULL, 
	text TEXT NOT NULL, 
	PRIMARY KEY (instance_id, question), 
	FOREIGN KEY(instance_id) REFERENCES instance (id)
);
CREATE TABLE decision (
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
	PRIMARY KEY (id), 
	CONSTRAINT decision_reason CHECK (outcome = 'pending' OR outcome = 'composed' OR reason IS NOT NULL), 
	FOREIGN KEY(message_id) REFERENCES message (id), 
	FOREIGN KEY(task_id) REFERENCES task (id), 
	UNIQUE (task_id, rung, occurrence, deadline_version, recipient)
);
INSERT INTO "decision" VALUES(1,1,'opening',1,1,'h1','responsible',0,'giao-viec',0,0,'2020-03-04 01:00:00.000000',NULL,'sent','accepted by the mail server',1);
INSERT INTO "decision" VALUES(2,2,'opening',1,1,'h2','responsible',0,'giao-viec',0,0,'2020-03-04 01:00:00.000000',NULL,'sent','accepted by the mail server',2);
INSERT INTO "decision" VALUES(3,3,'opening',1,1,'h3','responsible',0,'giao-viec',0,0,'2020-03-04 01:00:00.000000',NULL,'sent','accepted by the mail server',3);
INSERT INTO "decision" VALUES(4,2,'T-7',1,1,'h2','responsible',0,'nhac-viec',0,0,'2020-03-19 00:30:00.000000',NULL,'superseded','a higher rung for the same task and recipient went out instead',NULL);
INSERT INTO "decision" VALUES(5,2,'T-3',1,1,'h2','responsible',0,'nhac-viec',0,0,'2020-03-25 00:30:00.000000',NULL,'superseded','a higher rung for the same task and recipient went out instead',NULL);
INSERT INTO "decision" VALUES(6,2,'T-1',1,1,'h2','responsible',0,'nhac-viec',0,0,'2020-03-27 00:30:00.000000',NULL,'superseded','a higher rung for the same task and recipient went out instead',NULL);
INSERT INTO "decision" VALUES(7,2,'T0',1,1,'so-a','submit_to',0,'tiep-nhan',0,0,'2020-03-30 00:30:00.000000',NULL,'sent','accepted by the mail server',5);
INSERT INTO "decision" VALUES(8,2,'T+1',1,1,'h2','responsible',1,'nhac-qua-han',0,0,'2020-03-31 00:30:00.000000',NULL,'sent','accepted by the mail server',4);
INSERT INTO "decision" VALUES(9,3,'T-7',1,1,'h3','responsible',0,'nhac-viec',0,0,'2020-03-19 00:30:00.000000',NULL,'superseded','a higher rung for the same task and recipient went out instead',NULL);
INSERT INTO "decision" VALUES(10,3,'T-3',1,1,'h3','responsible',0,'nhac-viec',0,0,'2020-03-25 00:30:00.000000',NULL,'superseded','a higher rung for the same task and recipient went out instead',NULL);
INSERT INTO "decision" VALUES(11,3,'T-1',1,1,'h3','responsible',0,'nhac-viec',0,0,'2020-03-27 00:30:00.000000',NULL,'superseded','a higher rung for the same task and recipient went out instead',NULL);
INSERT INTO "decision" VALUES(12,3,'T0',1,1,'so-a','submit_to',0,'tiep-nhan',0,0,'2020-03-30 00:30:00.000000',NULL,'sent','accepted by the mail server',5);
INSERT INTO "decision" VALUES(13,3,'T+1',1,1,'h3','responsible',1,'nhac-qua-han',0,0,'2020-03-31 00:30:00.000000',NULL,'sent','accepted by the mail server',6);
INSERT INTO "decision" VALUES(14,2,'T+3',1,1,'h2','responsible',2,'don-doc',0,0,'2020-04-03 00:30:00.000000',NULL,'sent','accepted by the mail server',7);
INSERT INTO "decision" VALUES(15,2,'T+3',1,1,'so-a','coordinator',2,'don-doc',0,0,'2020-04-03 00:30:00.000000',NULL,'sent','accepted by the mail server',8);
INSERT INTO "decision" VALUES(16,3,'T+3',1,1,'h3','responsible',2,'don-doc',0,0,'2020-04-03 00:30:00.000000',NULL,'sent','accepted by the mail server',9);
INSERT INTO "decision" VALUES(17,3,'T+3',1,1,'so-a','coordinator',2,'don-doc',0,0,'2020-04-03 00:30:00.000000',NULL,'sent','accepted by the mail server',8);
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
INSERT INTO "entry" VALUES(1,'2026-11-24 15:01:34.499274','2020-03-04 01:00:00.000000','lan',NULL,1,NULL,'start',NULL,NULL,NULL,NULL,'{"plan": "nho", "snapshot": "9085eb7bc26e8839832c17391a78fbde31a37a5588dec41aff77a1fc9f072fb0", "tasks": 4, "backdate": false}');
INSERT INTO "entry" VALUES(2,'2026-11-24 15:01:34.499274','2020-03-04 01:00:00.000000','lan',NULL,1,1,'create',NULL,'assigned',NULL,NULL,'{}');
INSERT INTO "entry" VALUES(3,'2026-11-24 15:01:34.499274','2020-03-04 01:00:00.000000','lan',NULL,1,2,'create',NULL,'assigned',NULL,NULL,'{}');
INSERT INTO "entry" VALUES(4,'2026-11-24 15:01:34.499274','2020-03-04 01:00:00.000000','lan',NULL,1,3,'create',NULL,'assigned',NULL,NULL,'{}');
INSERT INTO "entry" VALUES(5,'2026-11-24 15:01:34.499274','2020-03-04 01:00:00.000000','lan',NULL,1,4,'create',NULL,'waiting',NULL,NULL,'{}');
INSERT INTO "entry" VALUES(6,'2026-11-24 15:01:36.726851','2020-03-05 02:00:00.000000','lan',NULL,1,1,'ack','assigned','in_progress',NULL,NULL,'{}');
INSERT INTO "entry" VALUES(7,'2026-11-24 15:01:38.332690','2020-03-27 01:00:00.000000','lan',NULL,1,1,'submit','in_progress','completed','12/BC-UBND, 2020-03-26',NULL,'{"changed": {"submitted_at": [null, "2020-03-27T01:00:00+00:00"], "completed_at": [null, "2020-03-27T01:00:00+00:00"], "next_action_at": ["2020-03-19T00:30:00+00:00", null]}}');
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
INSERT INTO "instance" VALUES(1,'nho','9085eb7bc26e8839832c17391a78fbde31a37a5588dec41aff77a1fc9f072fb0','nho','2020-03-04 01:00:00.000000',NULL);
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
	signed_by VARCHAR, 
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
','[]',0,'opening','giao-viec','2020-03-04 01:00:00.000000','sent','250',1,NULL,'2020-03-04 01:00:00.000000',NULL,NULL);
INSERT INTO "message" VALUES(2,'h2@t.example.vn','email','2020-03-04',0,0,'<3b7cf63e20d77cfd33385d3120f3170b7b5b1afa@kh.invalid>','[1/KH-UBND] Assignment: Báo cáo – hạn 29/03/2020','Kính gửi: Huyện Hai

ASSIGNMENT
Báo cáo
(1/KH-UBND ngày 04/03/2020 của UBND tỉnh, mục I.1)

Đơn vị được giao thực hiện nội dung sau.
Đơn vị thực hiện: Huyện Hai
Thời hạn: chậm nhất ngày 29/03/2020 (kế hoạch ghi: “trước ngày 30/3/2020”)
Nơi nhận: Sở A

Cơ quan điều phối: Sở A (so-a@t.example.vn).
Thông báo được gửi tự động theo kế hoạch. Nếu đơn vị đã thực hiện, đề nghị báo lại cơ quan điều phối để cập nhật.
','[]',0,'opening','giao-viec','2020-03-04 01:00:00.000000','sent','250',1,NULL,'2020-03-04 01:00:00.000000',NULL,NULL);
INSERT INTO "message" VALUES(3,'h3@t.example.vn','email','2020-03-04',0,0,'<a5e52b95715f38f3e596e51ba989745b46bc7202@kh.invalid>','[1/KH-UBND] Assignment: Báo cáo – hạn 29/03/2020','Kính gửi: Huyện Ba

ASSIGNMENT
Báo cáo
(1/KH-UBND ngày 04/03/2020 của UBND tỉnh, mục I.1)

Đơn vị được giao thực hiện nội dung sau.
Đơn vị thực hiện: Huyện Ba
Thời hạn: chậm nhất ngày 29/03/2020 (kế hoạch ghi: “trước ngày 30/3/2020”)
Nơi nhận: Sở A

Cơ quan điều phối: Sở A (so-a@t.example.vn).
Thông báo được gửi tự động theo kế hoạch. Nếu đơn vị đã thực hiện, đề nghị báo lại cơ quan điều phối để cập nhật.
','[]',0,'opening','giao-viec','2020-03-04 01:00:00.000000','sent','250',1,NULL,'2020-03-04 01:00:00.000000',NULL,NULL);
INSERT INTO "message" VALUES(4,'h2@t.example.vn','email','2020-03-31',0,0,'<276318eea3473b0f373acb8de93958542ca8cfd0@kh.invalid>','[1/KH-UBND] Overdue reminder: Báo cáo','Kính gửi: Huyện Hai

OVERDUE REMINDER
Báo cáo
(1/KH-UBND ngày 04/03/2020 của UBND tỉnh, mục I.1)

Đã quá hạn mà chưa có sản phẩm:
- Huyện Hai: hạn chậm nhất ngày 29/03/2020 (kế hoạch ghi: “trước ngày 30/3/2020”); quá hạn 2 ngày
Đề nghị đơn vị thực hiện ngay, hoặc báo lý do và thời gian hoàn thành.

Cơ quan điều phối: Sở A (so-a@t.example.vn).
Thông báo được gửi tự động theo kế hoạch. Nếu đơn vị đã thực hiện, đề nghị báo lại cơ quan điều phối để cập nhật.
','[]',1,'T+1','nhac-qua-han','2020-03-31 01:00:00.000000','sent','250',1,NULL,'2020-03-31 01:00:00.000000',NULL,NULL);
INSERT INTO "message" VALUES(5,'so-a@t.example.vn','email','2020-03-31',0,0,'<0139d102ec0bc3b40e7d78cbcc8b792845bdd6da@kh.invalid>','[1/KH-UBND] Received so far: Báo cáo','Kính gửi: Sở A

RECEIVED SO FAR
Báo cáo
(1/KH-UBND ngày 04/03/2020 của UBND tỉnh, mục I.1)

Đến hạn ngày 30/03/2020. Đã nhận 1/3: Huyện Một.

Chưa nhận:
- Huyện Hai
- Huyện Ba
Nếu sản phẩm đã đến, đề nghị báo cơ quan điều phối ghi nhận.

Cơ quan điều phối: Sở A (so-a@t.example.vn).
Thông báo được gửi tự động theo kế hoạch. Nếu đơn vị đã thực hiện, đề nghị báo lại cơ quan điều phối để cập nhật.
','[]',0,'T0','tiep-nhan','2020-03-31 01:00:00.000000','sent','250',1,NULL,'2020-03-31 01:00:00.000000',NULL,NULL);
INSERT INTO "message" VALUES(6,'h3@t.example.vn','email','2020-03-31',0,0,'<6413297b1b33e71f489f75f42235c7e48f8cdb9e@kh.invalid>','[1/KH-UBND] Overdue reminder: Báo cáo','Kính gửi: Huyện Ba

OVERDUE REMINDER
Báo cáo
(1/KH-UBND ngày 04/03/2020 của UBND tỉnh, mục I.1)

Đã quá hạn mà chưa có sản phẩm:
- Huyện Ba: hạn chậm nhất ngày 29/03/2020 (kế hoạch ghi: “trước ngày 30/3/2020”); quá hạn 2 ngày
Đề nghị đơn vị thực hiện ngay, hoặc báo lý do và thời gian hoàn thành.

Cơ quan điều phối: Sở A (so-a@t.example.vn).
Thông báo được gửi tự động theo kế hoạch. Nếu đơn vị đã thực hiện, đề nghị báo lại cơ quan điều phối để cập nhật.
','[]',1,'T+1','nhac-qua-han','2020-03-31 01:00:00.000000','sent','250',1,NULL,'2020-03-31 01:00:00.000000',NULL,NULL);
INSERT INTO "message" VALUES(7,'h2@t.example.vn','email','2020-04-03',0,0,'<ba4cd198f70dca4107d10a2ffe6a6e165eaf273a@kh.invalid>','[1/KH-UBND] Chasing: Báo cáo','Kính gửi: Huyện Hai

CHASING
Báo cáo
(1/KH-UBND ngày 04/03/2020 của UBND tỉnh, mục I.1)

Đôn đốc thực hiện nội dung đã quá hạn:
- Huyện Hai: hạn chậm nhất ngày 29/03/2020 (kế hoạch ghi: “trước ngày 30/3/2020”); quá hạn 5 ngày
Đề nghị đơn vị hoàn thành và gửi ngay; nếu có khó khăn, vướng mắc, báo cáo rõ lý do.

Cơ quan điều phối: Sở A (so-a@t.example.vn).
Thông báo được gửi tự động theo kế hoạch. Nếu đơn vị đã thực hiện, đề nghị báo lại cơ quan điều phối để cập nhật.
','[]',2,'T+3','don-doc','2020-04-03 01:00:00.000000','sent','250',1,NULL,'2020-04-03 01:00:00.000000',NULL,NULL);
INSERT INTO "message" VALUES(8,'so-a@t.example.vn','email','2020-04-03',0,0,'<53de26bc23fa0cc73c8d7bcd0342c66159ccd4d7@kh.invalid>','[1/KH-UBND] Chasing: Báo cáo','Kính gửi: Sở A

CHASING
Báo cáo
(1/KH-UBND ngày 04/03/2020 của UBND tỉnh, mục I.1)

Đôn đốc thực hiện nội dung đã quá hạn:
- Huyện Hai: hạn chậm nhất ngày 29/03/2020 (kế hoạch ghi: “trước ngày 30/3/2020”); quá hạn 5 ngày
- Huyện Ba: hạn chậm nhất ngày 29/03/2020 (kế hoạch ghi: “trước ngày 30/3/2020”); quá hạn 5 ngày
Đề nghị đơn vị hoàn thành và gửi ngay; nếu có khó khăn, vướng mắc, báo cáo rõ lý do.
Dự thảo công văn đôn đốc kèm theo để trình ký.

Cơ quan điều phối: Sở A (so-a@t.example.vn).
Thông báo được gửi tự động theo kế hoạch. Nếu đơn vị đã thực hiện, đề nghị báo lại cơ quan điều phối để cập nhật.
','[{"name": "du-thao-cong-van-1.txt", "text": "D\u1ef0 TH\u1ea2O \u2013 ch\u1edd s\u1ed1, ng\u00e0y v\u00e0 ch\u1eef k\u00fd\n\nS\u1ede A\nS\u1ed1: \u2026\u2026/\u2026\u2026                                  \u2026\u2026, ng\u00e0y \u2026\u2026 th\u00e1ng \u2026\u2026 n\u0103m 2020\n\nV/v \u0111\u00f4n \u0111\u1ed1c B\u00e1o c\u00e1o\n\nK\u00ednh g\u1eedi: Huy\u1ec7n Hai; Huy\u1ec7n Ba\n\nTh\u1ef1c hi\u1ec7n 1/KH-UBND ng\u00e0y 04/03/2020 c\u1ee7a UBND t\u1ec9nh (K\u1ebf ho\u1ea1ch nh\u1ecf), m\u1ee5c I.1 giao c\u00e1c \u0111\u01a1n v\u1ecb: B\u00e1o c\u00e1o.\n\n\u0110\u1ebfn ng\u00e0y 03/04/2020, c\u01a1 quan \u0111i\u1ec1u ph\u1ed1i ch\u01b0a nh\u1eadn \u0111\u01b0\u1ee3c s\u1ea3n ph\u1ea9m c\u1ee7a:\n- Huy\u1ec7n Hai: h\u1ea1n ch\u1eadm nh\u1ea5t ng\u00e0y 29/03/2020 (k\u1ebf ho\u1ea1ch ghi: \u201ctr\u01b0\u1edbc ng\u00e0y 30/3/2020\u201d); qu\u00e1 h\u1ea1n 5 ng\u00e0y\n- Huy\u1ec7n Ba: h\u1ea1n ch\u1eadm nh\u1ea5t ng\u00e0y 29/03/2020 (k\u1ebf ho\u1ea1ch ghi: \u201ctr\u01b0\u1edbc ng\u00e0y 30/3/2020\u201d); qu\u00e1 h\u1ea1n 5 ng\u00e0y\n\n\u0110\u1ec1 ngh\u1ecb c\u00e1c \u0111\u01a1n v\u1ecb ho\u00e0n th\u00e0nh v\u00e0 g\u1eedi S\u1edf A tr\u01b0\u1edbc ng\u00e0y \u2026\u2026/\u2026\u2026/2020./.\n\nN\u01a1i nh\u1eadn:                                              TH\u1ee6 TR\u01af\u1edeNG \u0110\u01a0N V\u1eca\n- Nh\u01b0 tr\u00ean;                                            (k\u00fd, \u0111\u00f3ng d\u1ea5u)\n- L\u01b0u: VT.\n"}]',2,'T+3','don-doc','2020-04-03 01:00:00.000000','sent','250',1,NULL,'2020-04-03 01:00:00.000000',NULL,NULL);
INSERT INTO "message" VALUES(9,'h3@t.example.vn','email','2020-04-03',0,0,'<7fe25b4ebdac224d58360eb88be8820fa7a952e6@kh.invalid>','[1/KH-UBND] Chasing: Báo cáo','Kính gửi: Huyện Ba

CHASING
Báo cáo
(1/KH-UBND ngày 04/03/2020 của UBND tỉnh, mục I.1)

Đôn đốc thực hiện nội dung đã quá hạn:
- Huyện Ba: hạn chậm nhất ngày 29/03/2020 (kế hoạch ghi: “trước ngày 30/3/2020”); quá hạn 5 ngày
Đề nghị đơn vị hoàn thành và gửi ngay; nếu có khó khăn, vướng mắc, báo cáo rõ lý do.

Cơ quan điều phối: Sở A (so-a@t.example.vn).
Thông báo được gửi tự động theo kế hoạch. Nếu đơn vị đã thực hiện, đề nghị báo lại cơ quan điều phối để cập nhật.
','[]',2,'T+3','don-doc','2020-04-03 01:00:00.000000','sent','250',1,NULL,'2020-04-03 01:00:00.000000',NULL,NULL);
CREATE TABLE person (
	directory VARCHAR NOT NULL, 
	user VARCHAR NOT NULL, 
	unit VARCHAR NOT NULL, 
	coordinates BOOLEAN NOT NULL, 
	PRIMARY KEY (directory, user)
);
CREATE TABLE snapshot (
	sha256 VARCHAR(64) NOT NULL, 
	content TEXT NOT NULL, 
	source TEXT NOT NULL, 
	PRIMARY KEY (sha256)
);
INSERT INTO "snapshot" VALUES('9085eb7bc26e8839832c17391a78fbde31a37a5588dec41aff77a1fc9f072fb0','{"directory":"nho","groups":{"huyen":["h1","h2","h3"]},"plan":{"coordinator":"so-a","directory":"nho","document":{"issued":"2020-03-04","issuer":"ubnd","number":"1/KH-UBND"},"plan":"nho","questions":[{"about":["tong-hop"],"clause":"I.2","id":"q1","text":"Ai duyệt?"}],"span":"2020-03-04 .. 2020-12-31","stages":{"bao-cao":{"clause":"I.1","deadline":"trước ngày 30/3/2020","name":"Báo cáo","responsible":{"except":[],"mode":"each","units":["huyen"]},"submit_to":["so-a"]},"tong-hop":{"accept_by":"ubnd","after":[{"how":"stage","stages":["bao-cao"]}],"clause":"I.2","inferred":"10 ngày làm việc sau khi bao-cao","name":"Tổng hợp","responsible":{"mode":"one","units":["so-a"]}}},"title":"Kế hoạch nhỏ"}}','
plan: nho
title: Kế hoạch nhỏ
document: {number: 1/KH-UBND, issued: 2020-03-04, issuer: ubnd}
directory:
  units:
    ubnd: {name: UBND tỉnh, level: province, contact: {email: ubnd@t.example.vn}}
    so-a: {name: Sở A, level: department, parent: ubnd, contact: {email: so-a@t.example.vn}}
    h1: {name: Huyện Một, level: district, parent: ubnd, contact: {email: h1@t.example.vn}}
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
	next_action_at DATETIME, 
	PRIMARY KEY (id), 
	CONSTRAINT task_completed_at CHECK (state <> 'completed' OR completed_at IS NOT NULL), 
	CONSTRAINT task_opened_at CHECK (state = 'waiting' OR opened_at IS NOT NULL OR state IN ('cancelled', 'exempt')), 
	CONSTRAINT task_state CHECK (state IN ('waiting', 'assigned', 'in_progress', 'submitted', 'returned', 'completed', 'cancelled', 'exempt')), 
	FOREIGN KEY(instance_id) REFERENCES instance (id), 
	UNIQUE (instance_id, stage, period, unit)
);
INSERT INTO "task" VALUES(1,1,'bao-cao','','h1','completed',3,NULL,'2020-03-04 01:00:00.000000','2020-03-27 01:00:00.000000','2020-03-27 01:00:00.000000',NULL,'2020-03-27 01:00:00.000000',1,'2020-03-30','2020-03-29',NULL,'2020-03-29',NULL,NULL,0,0,0,'2020-03-29 17:00:00.000000','2020-03-04 01:00:00.000000',NULL);
INSERT INTO "task" VALUES(2,1,'bao-cao','','h2','assigned',1,NULL,'2020-03-04 01:00:00.000000','2020-03-04 01:00:00.000000',NULL,NULL,NULL,1,'2020-03-30','2020-03-29',NULL,'2020-03-29',NULL,NULL,0,0,0,'2020-03-29 17:00:00.000000','2020-04-03 01:00:00.000000','2020-04-07 00:30:00.000000');
INSERT INTO "task" VALUES(3,1,'bao-cao','','h3','assigned',1,NULL,'2020-03-04 01:00:00.000000','2020-03-04 01:00:00.000000',NULL,NULL,NULL,1,'2020-03-30','2020-03-29',NULL,'2020-03-29',NULL,NULL,0,0,0,'2020-03-29 17:00:00.000000','2020-04-03 01:00:00.000000','2020-04-07 00:30:00.000000');
INSERT INTO "task" VALUES(4,1,'tong-hop','','so-a','waiting',1,NULL,NULL,'2020-03-04 01:00:00.000000',NULL,NULL,NULL,1,NULL,NULL,NULL,NULL,NULL,NULL,0,0,0,NULL,NULL,NULL);
CREATE TABLE unit (
	directory VARCHAR NOT NULL, 
	unit VARCHAR NOT NULL, 
	facts TEXT NOT NULL, 
	PRIMARY KEY (directory, unit)
);
INSERT INTO "unit" VALUES('nho','ubnd','{"name":"UBND tỉnh","level":"province","contact":{"email":"ubnd@t.example.vn"}}');
INSERT INTO "unit" VALUES('nho','so-a','{"name":"Sở A","level":"department","parent":"ubnd","contact":{"email":"so-a@t.example.vn"}}');
INSERT INTO "unit" VALUES('nho','h1','{"name":"Huyện Một","level":"district","parent":"ubnd","contact":{"email":"h1@t.example.vn"}}');
INSERT INTO "unit" VALUES('nho','h2','{"name":"Huyện Hai","level":"district","parent":"ubnd","contact":{"email":"h2@t.example.vn"}}');
INSERT INTO "unit" VALUES('nho','h3','{"name":"Huyện Ba","level":"district","parent":"ubnd","contact":{"email":"h3@t.example.vn"}}');
CREATE INDEX message_pending ON message (status, next_attempt_at);
CREATE INDEX task_due ON task (next_action_at);
CREATE INDEX task_overdue ON task (overdue_at);
CREATE INDEX decision_message ON decision (message_id);
CREATE INDEX decision_pending ON decision (outcome, due_at);
CREATE INDEX entry_instance ON entry (instance_id);
CREATE INDEX entry_task ON entry (task_id);
CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;
CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END;
COMMIT;
