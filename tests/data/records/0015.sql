BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0015');
CREATE TABLE audit (
	number INTEGER NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	name VARCHAR(64) NOT NULL, 
	role VARCHAR(16) NOT NULL, 
	address VARCHAR(64) NOT NULL, 
	action VARCHAR(32) NOT NULL, 
	subject VARCHAR(256) NOT NULL, 
	status INTEGER, 
	left_out INTEGER NOT NULL, station VARCHAR(128) DEFAULT '' NOT NULL, 
	PRIMARY KEY (number)
);
CREATE TABLE "coils" (
	station INTEGER NOT NULL, 
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	coil_id VARCHAR(128) NOT NULL, 
	name VARCHAR(128) NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	automatic BOOLEAN NOT NULL, 
	interrupted BOOLEAN NOT NULL, 
	heat VARCHAR(128) NOT NULL, 
	product VARCHAR(128) NOT NULL, 
	started_at VARCHAR(32) NOT NULL, 
	finished_at VARCHAR(32), 
	updated_at VARCHAR(32) NOT NULL, 
	mm_per_line FLOAT NOT NULL, 
	width_mm FLOAT NOT NULL, 
	line_rate_hz FLOAT NOT NULL, 
	model_name VARCHAR(128) NOT NULL, 
	model_sha256 VARCHAR(64) NOT NULL, 
	recipe_name VARCHAR(128) NOT NULL, 
	recipe_sha256 VARCHAR(64) NOT NULL, 
	decision VARCHAR(16), 
	reasons JSON, 
	revision INTEGER NOT NULL, 
	strip_width_mm FLOAT, 
	pass_number INTEGER DEFAULT '1' NOT NULL, counted JSON, 
	UNIQUE (station, coil_id), 
	FOREIGN KEY(station) REFERENCES stations (number)
);
INSERT INTO "coils" VALUES(1,1,'CLEAN-1','CLEAN-1','final',0,0,'H290','S235','2026-11-27T17:04:05.621Z','2026-11-27T17:04:07.060Z','2026-11-27T17:04:07.140Z',0.25,96.125,1.1064444176630759102e+03,'bright 1','2dad630efa0f637df145612cb2433fc2b3ad849711005d520af23e58b5444d3d','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','accept','[{"code": "coil.sound", "args": {"length_m": 0.32, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',14,96.0,1,'{"lines": {"inspected": 1280, "degraded": 0, "lost": 0}, "by_class": {}, "by_severity": {}, "marks": {}}');
INSERT INTO "coils" VALUES(1,2,'CLEAN-1~2','CLEAN-1','final',0,0,'H290','S235','2026-11-27T17:04:07.210Z','2026-11-27T17:04:08.324Z','2026-11-27T17:04:08.346Z',0.25,96.125,1.88989466393654765852e+03,'bright 1','2dad630efa0f637df145612cb2433fc2b3ad849711005d520af23e58b5444d3d','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','accept','[{"code": "coil.sound", "args": {"length_m": 0.272, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',13,96.0,2,'{"lines": {"inspected": 1088, "degraded": 0, "lost": 0}, "by_class": {}, "by_severity": {}, "marks": {}}');
INSERT INTO "coils" VALUES(1,3,'auto-20261127T170407127Z','auto-20261127T170407127Z','final',1,0,'','','2026-11-27T17:04:07.127Z','2026-11-27T17:04:07.263Z','2026-11-27T17:04:07.262Z',0.25,96.0,0.0,'bright 1','2dad630efa0f637df145612cb2433fc2b3ad849711005d520af23e58b5444d3d','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','accept','[{"code": "coil.sound", "args": {"length_m": 0.032, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',4,96.0,1,'{"lines": {"inspected": 128, "degraded": 0, "lost": 0}, "by_class": {}, "by_severity": {}, "marks": {}}');
INSERT INTO "coils" VALUES(1,4,'auto-20261127T170408342Z','auto-20261127T170408342Z','final',1,1,'','','2026-11-27T17:04:08.342Z','2026-11-27T17:04:08.414Z','2026-11-27T17:04:08.413Z',0.25,96.0,0.0,'bright 1','2dad630efa0f637df145612cb2433fc2b3ad849711005d520af23e58b5444d3d','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','hold','[{"code": "coil.interrupted", "args": {}}, {"code": "coil.sound", "args": {"length_m": 0.032, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',4,96.0,1,'{"lines": {"inspected": 128, "degraded": 0, "lost": 0}, "by_class": {}, "by_severity": {}, "marks": {}}');
INSERT INTO "coils" VALUES(1,5,'DEFECTS-1','DEFECTS-1','final',0,0,'','','2026-11-27T17:04:10.809Z','2026-11-27T17:04:11.996Z','2026-11-27T17:04:12.048Z',0.25,96.125,1.13899065096089339022e+03,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','accept','[{"code": "coil.sound", "args": {"length_m": 0.256, "defects": 2, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',13,97.0,1,'{"lines": {"inspected": 1024, "degraded": 0, "lost": 0}, "by_class": {"bright": 2}, "by_severity": {"1": 1, "2": 1}, "marks": {}}');
INSERT INTO "coils" VALUES(1,6,'DEFECTS-2','DEFECTS-2','final',0,0,'','DC04','2026-11-27T17:04:12.096Z','2026-11-27T17:04:13.028Z','2026-11-27T17:04:13.066Z',0.25,96.125,1.37778377623825804216e+03,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','hold','[{"code": "coil.severe_defects", "args": {"defects": 2, "severity": 3}}]',12,96.0,1,'{"lines": {"inspected": 960, "degraded": 0, "lost": 0}, "by_class": {"bright": 10}, "by_severity": {"1": 3, "2": 5, "3": 2}, "marks": {}}');
INSERT INTO "coils" VALUES(1,7,'auto-20261127T170412037Z','auto-20261127T170412037Z','final',1,0,'','','2026-11-27T17:04:12.037Z','2026-11-27T17:04:12.126Z','2026-11-27T17:04:12.125Z',0.25,96.0,0.0,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','accept','[{"code": "coil.sound", "args": {"length_m": 0.016, "defects": 2, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',4,96.0,1,'{"lines": {"inspected": 64, "degraded": 0, "lost": 0}, "by_class": {"bright": 2}, "by_severity": {"1": 1, "2": 1}, "marks": {}}');
INSERT INTO "coils" VALUES(1,8,'DEFECTS-3','DEFECTS-3','final',0,0,'','DX51D','2026-11-27T17:04:13.104Z','2026-11-27T17:04:14.844Z','2026-11-27T17:04:14.861Z',0.25,96.125,1.41828454369132055034e+03,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','hold','[{"code": "coil.severe_defects", "args": {"defects": 3, "severity": 3}}]',18,96.0,1,'{"lines": {"inspected": 1728, "degraded": 0, "lost": 0}, "by_class": {"bright": 7}, "by_severity": {"1": 3, "2": 1, "3": 3}, "marks": {}}');
INSERT INTO "coils" VALUES(1,9,'auto-20261127T170413061Z','auto-20261127T170413061Z','final',1,0,'','','2026-11-27T17:04:13.062Z','2026-11-27T17:04:13.132Z','2026-11-27T17:04:13.131Z',0.25,96.0,0.0,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','accept','[{"code": "coil.sound", "args": {"length_m": 0.016, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',4,96.0,1,'{"lines": {"inspected": 64, "degraded": 0, "lost": 0}, "by_class": {}, "by_severity": {}, "marks": {}}');
INSERT INTO "coils" VALUES(1,10,'auto-20261127T170414854Z','auto-20261127T170414854Z','final',1,1,'','','2026-11-27T17:04:14.854Z','2026-11-27T17:04:14.996Z','2026-11-27T17:04:14.995Z',0.25,96.0,0.0,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','hold','[{"code": "coil.interrupted", "args": {}}, {"code": "coil.sound", "args": {"length_m": 0.048, "defects": 1, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',5,96.0,1,'{"lines": {"inspected": 192, "degraded": 0, "lost": 0}, "by_class": {"bright": 1}, "by_severity": {"2": 1}, "marks": {}}');
INSERT INTO "coils" VALUES(1,11,'MARKS-1','MARKS-1','final',0,0,'','','2026-11-27T17:04:17.677Z','2026-11-27T17:04:18.847Z','2026-11-27T17:04:18.880Z',0.25,96.0,1.15296210074524060472e+03,'bright 1','2b8ab9f6376dd048691ab50c3b9d35de0013e90afc6a56fe959059d13908be2a','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','accept','[{"code": "coil.sound", "args": {"length_m": 0.24, "defects": 0, "severity": 3}}, {"code": "coil.marks", "args": {"marks": 2, "classes": "marking"}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',12,96.0,1,'{"lines": {"inspected": 960, "degraded": 0, "lost": 0}, "by_class": {}, "by_severity": {}, "marks": {"marking": 2}}');
INSERT INTO "coils" VALUES(1,12,'auto-20261127T170418874Z','auto-20261127T170418874Z','final',1,1,'','','2026-11-27T17:04:18.874Z','2026-11-27T17:04:18.950Z','2026-11-27T17:04:18.949Z',0.25,96.125,0.0,'bright 1','2b8ab9f6376dd048691ab50c3b9d35de0013e90afc6a56fe959059d13908be2a','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','hold','[{"code": "coil.interrupted", "args": {}}, {"code": "coil.sound", "args": {"length_m": 0.032, "defects": 0, "severity": 3}}, {"code": "coil.marks", "args": {"marks": 3, "classes": "marking"}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',4,96.0,1,'{"lines": {"inspected": 128, "degraded": 0, "lost": 0}, "by_class": {}, "by_severity": {}, "marks": {"marking": 3}}');
INSERT INTO "coils" VALUES(1,13,'LOST-1','LOST-1','final',0,0,'','DC04','2026-11-27T17:04:21.213Z','2026-11-27T17:04:22.487Z','2026-11-27T17:04:22.594Z',0.25,96.0,1.12742111151549329408e+03,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','hold','[{"code": "coil.not_inspected", "args": {"uninspected_m": 0.128, "limit_m": 0.1}}, {"code": "coil.severe_defects", "args": {"defects": 2, "severity": 3}}]',17,96.0,1,'{"lines": {"inspected": 640, "degraded": 0, "lost": 512}, "by_class": {"bright": 5}, "by_severity": {"1": 1, "2": 2, "3": 2}, "marks": {}}');
INSERT INTO "coils" VALUES(1,14,'KILLED-1','KILLED-1','final',0,1,'','','2026-11-27T17:04:22.617Z','2026-11-27T17:04:25.458Z','2026-11-27T17:04:23.494Z',0.25,96.0,0.0,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','hold','[{"code": "coil.interrupted", "args": {}}, {"code": "coil.severe_defects", "args": {"defects": 1, "severity": 3}}]',11,96.0,1,'{"lines": {"inspected": 576, "degraded": 0, "lost": 257}, "by_class": {"bright": 1}, "by_severity": {"3": 1}, "marks": {}}');
INSERT INTO "coils" VALUES(1,15,'auto-20261127T170422589Z','auto-20261127T170422589Z','final',1,0,'','','2026-11-27T17:04:22.589Z','2026-11-27T17:04:22.662Z','2026-11-27T17:04:22.660Z',0.25,96.0,0.0,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','accept','[{"code": "coil.sound", "args": {"length_m": 0.016, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',4,96.0,1,'{"lines": {"inspected": 64, "degraded": 0, "lost": 0}, "by_class": {}, "by_severity": {}, "marks": {}}');
INSERT INTO "coils" VALUES(1,16,'auto-20261127T170426142Z','auto-20261127T170426142Z','final',1,0,'','','2026-11-27T17:04:26.143Z','2026-11-27T17:04:26.413Z','2026-11-27T17:04:26.468Z',0.25,96.0,0.0,'bright 1','2dad630efa0f637df145612cb2433fc2b3ad849711005d520af23e58b5444d3d','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','accept','[{"code": "coil.sound", "args": {"length_m": 0.08, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',7,96.0,1,'{"lines": {"inspected": 320, "degraded": 0, "lost": 0}, "by_class": {}, "by_severity": {}, "marks": {}}');
INSERT INTO "coils" VALUES(1,17,'RUNNING-1','RUNNING-1','running',0,0,'','','2026-11-27T17:04:26.406Z',NULL,'2026-11-27T17:04:27.491Z',0.25,96.125,1.99355620723536094375e+03,'bright 1','2dad630efa0f637df145612cb2433fc2b3ad849711005d520af23e58b5444d3d','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf',NULL,NULL,9,96.0,1,NULL);
CREATE TABLE "counters" (
	station INTEGER NOT NULL, 
	name VARCHAR(32) NOT NULL, 
	value BIGINT NOT NULL, 
	PRIMARY KEY (station, name), 
	FOREIGN KEY(station) REFERENCES stations (number)
);
INSERT INTO "counters" VALUES(1,'events',82);
INSERT INTO "counters" VALUES(1,'optics_reference',0);
CREATE TABLE dead_letters (
	station INTEGER NOT NULL, 
	name VARCHAR(32) NOT NULL, 
	seq BIGINT NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	error VARCHAR(300) NOT NULL, 
	again BOOLEAN NOT NULL, 
	PRIMARY KEY (station, name, seq), 
	FOREIGN KEY(station) REFERENCES stations (number)
);
CREATE TABLE "defects" (
	station INTEGER NOT NULL, 
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	defect_id VARCHAR(160) NOT NULL, 
	coil_id VARCHAR(128) NOT NULL, 
	class_name VARCHAR(64) NOT NULL, 
	code VARCHAR(64) NOT NULL, 
	severity INTEGER NOT NULL, 
	score FLOAT NOT NULL, 
	mean_score FLOAT NOT NULL, 
	side VARCHAR(16) NOT NULL, 
	camera VARCHAR(64) NOT NULL, 
	along_mm FLOAT NOT NULL, 
	across_mm FLOAT NOT NULL, 
	length_mm FLOAT NOT NULL, 
	width_mm FLOAT NOT NULL, 
	area_mm2 FLOAT NOT NULL, 
	orientation_deg FLOAT NOT NULL, 
	contrast FLOAT NOT NULL, 
	cut_by_gap BOOLEAN NOT NULL, 
	line BIGINT NOT NULL, 
	lines BIGINT NOT NULL, 
	"column" INTEGER NOT NULL, 
	columns INTEGER NOT NULL, 
	revision INTEGER NOT NULL, 
	UNIQUE (station, defect_id), 
	FOREIGN KEY(station, coil_id) REFERENCES "coils" (station, coil_id), 
	FOREIGN KEY(station) REFERENCES stations (number)
);
INSERT INTO "defects" VALUES(1,1,'DEFECTS-1-000001','DEFECTS-1','bright','',1,1.0,1.0,'top','cam',217.0,47.75,1.0,1.0,1.0,0.0,4.3137254901960783715e-02,0,868,4,268,4,1);
INSERT INTO "defects" VALUES(1,2,'DEFECTS-1-000002','DEFECTS-1','bright','',2,1.0,1.0,'top','cam',237.0,56.75,4.0,1.0,2.0,0.0,1.08290023004174923437e-01,0,948,16,304,4,1);
INSERT INTO "defects" VALUES(1,3,'auto-20261127T170412037Z-000001','auto-20261127T170412037Z','bright','',2,1.0,1.0,'top','cam',1.0,56.0,3.0,1.0,3.0,0.0,4.87039788674261189815e-02,0,4,12,300,4,1);
INSERT INTO "defects" VALUES(1,4,'auto-20261127T170412037Z-000002','auto-20261127T170412037Z','bright','',1,1.0,1.0,'top','cam',3.0,62.0,1.0,1.0,1.0,0.0,-2.86675807054717667401e-03,0,12,4,324,4,1);
INSERT INTO "defects" VALUES(1,5,'DEFECTS-2-000001','DEFECTS-2','bright','',1,1.0,1.0,'top','cam',34.0,60.25,1.0,1.0,1.0,0.0,6.5771060733277444954e-02,0,136,4,316,4,1);
INSERT INTO "defects" VALUES(1,6,'DEFECTS-2-000002','DEFECTS-2','bright','',3,1.0,1.0,'top','cam',105.0,56.25,7.0,2.0,4.0,-6.34019174590991,6.95291534520610810671e-03,0,420,28,300,8,1);
INSERT INTO "defects" VALUES(1,7,'DEFECTS-2-000003','DEFECTS-2','bright','',1,1.0,1.0,'top','cam',104.0,64.25,1.0,1.0,1.0,0.0,-4.13853191025915362333e-03,0,416,4,332,4,1);
INSERT INTO "defects" VALUES(1,8,'DEFECTS-2-000004','DEFECTS-2','bright','',3,1.0,1.0,'top','cam',98.0,50.25,11.0,1.0,9.0,0.0,1.70105789722191508284e-02,0,392,44,276,4,1);
INSERT INTO "defects" VALUES(1,9,'DEFECTS-2-000005','DEFECTS-2','bright','',2,1.0,1.0,'top','cam',133.0,50.25,2.0,1.0,2.0,0.0,2.51450676982591866948e-02,0,532,8,276,4,1);
INSERT INTO "defects" VALUES(1,10,'DEFECTS-2-000006','DEFECTS-2','bright','',2,1.0,1.0,'top','cam',146.0,43.25,2.0,1.0,2.0,0.0,5.95009596928982725794e-02,0,584,8,248,4,1);
INSERT INTO "defects" VALUES(1,11,'DEFECTS-2-000007','DEFECTS-2','bright','',2,1.0,1.0,'top','cam',122.0,56.25,3.0,1.0,2.0,0.0,2.80092360204798468403e-02,0,488,12,300,4,1);
INSERT INTO "defects" VALUES(1,12,'DEFECTS-2-000008','DEFECTS-2','bright','',2,1.0,1.0,'top','cam',185.0,43.25,2.0,1.0,2.0,0.0,2.15106571063745956318e-02,0,740,8,248,4,1);
INSERT INTO "defects" VALUES(1,13,'DEFECTS-2-000009','DEFECTS-2','bright','',1,1.0,1.0,'top','cam',209.0,56.25,1.0,1.0,1.0,0.0,1.22371787740578131034e-03,0,836,4,300,4,1);
INSERT INTO "defects" VALUES(1,14,'DEFECTS-2-000010','DEFECTS-2','bright','',2,1.0,1.0,'top','cam',195.0,57.25,3.0,1.0,2.0,0.0,-5.63980572901180352007e-02,0,780,12,304,4,1);
INSERT INTO "defects" VALUES(1,15,'DEFECTS-3-000001','DEFECTS-3','bright','',3,1.0,1.0,'top','cam',219.0,49.5,6.0,1.25,4.0,0.0,-1.20473609720734720768e-02,0,876,24,280,4,1);
INSERT INTO "defects" VALUES(1,16,'DEFECTS-3-000002','DEFECTS-3','bright','',3,1.0,1.0,'top','cam',220.0,56.5,6.0,1.25,6.0,0.0,1.40625871590338707983e-01,0,880,24,308,4,1);
INSERT INTO "defects" VALUES(1,17,'DEFECTS-3-000003','DEFECTS-3','bright','',1,1.0,1.0,'top','cam',261.0,50.25,1.0,1.0,1.0,0.0,-1.88763542946497747676e-02,0,1044,4,284,4,1);
INSERT INTO "defects" VALUES(1,18,'DEFECTS-3-000004','DEFECTS-3','bright','',3,1.0,1.0,'top','cam',294.0,59.75,8.0,1.0,5.0,0.0,5.02643894730444296126e-02,0,1176,32,324,4,1);
INSERT INTO "defects" VALUES(1,19,'DEFECTS-3-000005','DEFECTS-3','bright','',1,1.0,1.0,'top','cam',361.0,50.25,1.0,1.0,1.0,0.0,3.591254106718030914e-02,0,1444,4,288,4,1);
INSERT INTO "defects" VALUES(1,20,'DEFECTS-3-000006','DEFECTS-3','bright','',1,1.0,1.0,'top','cam',377.0,56.0,1.0,1.0,1.0,0.0,1.70080142475512091637e-01,0,1508,4,312,4,1);
INSERT INTO "defects" VALUES(1,21,'DEFECTS-3-000007','DEFECTS-3','bright','',2,1.0,1.0,'top','cam',389.0,50.0,3.0,1.0,2.0,0.0,4.46269189575150965199e-02,0,1556,12,288,4,1);
INSERT INTO "defects" VALUES(1,22,'auto-20261127T170414854Z-000001','auto-20261127T170414854Z','bright','',2,1.0,1.0,'top','cam',25.0,52.5,2.0,1.0,2.0,0.0,-3.18862850557049964939e-02,0,100,8,300,4,1);
INSERT INTO "defects" VALUES(1,23,'MARKS-1-000001','MARKS-1','marking','',0,1.0,1.0,'top','cam',217.0,47.75,1.0,1.0,1.0,0.0,4.3137254901960783715e-02,0,868,4,268,4,1);
INSERT INTO "defects" VALUES(1,24,'MARKS-1-000002','MARKS-1','marking','',0,1.0,1.0,'top','cam',237.0,56.75,1.0,1.0,1.0,0.0,1.28999269539810168527e-01,0,948,4,304,4,1);
INSERT INTO "defects" VALUES(1,25,'auto-20261127T170418874Z-000001','auto-20261127T170418874Z','marking','',0,1.0,1.0,'top','cam',17.0,56.0,3.0,1.0,3.0,0.0,5.20673352004094938672e-02,0,68,12,300,4,1);
INSERT INTO "defects" VALUES(1,26,'auto-20261127T170418874Z-000002','auto-20261127T170418874Z','marking','',0,1.0,1.0,'top','cam',19.0,62.0,1.0,1.0,1.0,0.0,-3.87382401770882192626e-03,0,76,4,324,4,1);
INSERT INTO "defects" VALUES(1,27,'auto-20261127T170418874Z-000003','auto-20261127T170418874Z','marking','',0,1.0,1.0,'top','cam',0.0,57.0,1.0,1.0,1.0,0.0,0.0874897792313981,0,0,4,304,4,1);
INSERT INTO "defects" VALUES(1,28,'LOST-1-000001','LOST-1','bright','',2,1.0,1.0,'top','cam',56.0,54.5,2.0,1.0,2.0,0.0,1.26987321392634244787e-01,0,224,8,320,4,1);
INSERT INTO "defects" VALUES(1,29,'LOST-1-000002','LOST-1','bright','',1,1.0,1.0,'top','cam',29.0,60.5,1.0,1.0,1.0,0.0,8.03340051828391188415e-02,0,116,4,344,4,1);
INSERT INTO "defects" VALUES(1,30,'LOST-1-000003','LOST-1','bright','',3,1.0,1.0,'top','cam',69.0,53.5,12.0,1.0,8.0,0.0,1.90810841079627757643e-02,0,276,48,316,4,1);
INSERT INTO "defects" VALUES(1,31,'LOST-1-000004','LOST-1','bright','',3,1.0,1.0,'top','cam',70.0,49.5,5.0,2.0,5.0,-1.43120261306107177112e+00,7.10718401844026154146e-02,0,280,20,300,8,1);
INSERT INTO "defects" VALUES(1,32,'LOST-1-000005','LOST-1','bright','',2,1.0,1.0,'top','cam',75.0,45.5,2.0,2.0,2.0,45.0,6.56370656370656307965e-02,0,300,8,284,8,1);
INSERT INTO "defects" VALUES(1,33,'KILLED-1-000001','KILLED-1','bright','',3,1.0,1.0,'top','cam',180.0,58.5,5.0,1.0,4.0,0.0,8.90581286913272318628e-02,1,720,20,340,4,1);
CREATE TABLE "events" (
	station INTEGER NOT NULL, 
	seq BIGINT NOT NULL, 
	time VARCHAR(32) NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	coil_id VARCHAR(128) NOT NULL, 
	data JSON NOT NULL, 
	PRIMARY KEY (station, seq), 
	FOREIGN KEY(station) REFERENCES stations (number)
);
INSERT INTO "events" VALUES(1,1,'2026-11-27T17:04:05.488Z','station.started','','{"model": "bright", "provider": "cpu"}');
INSERT INTO "events" VALUES(1,2,'2026-11-27T17:04:05.636Z','coil.started','CLEAN-1','{"name": "CLEAN-1", "automatic": false}');
INSERT INTO "events" VALUES(1,3,'2026-11-27T17:04:07.064Z','coil.changed','CLEAN-1','{"status": "provisional", "finished_at": "2026-11-27T17:04:07.060Z"}');
INSERT INTO "events" VALUES(1,4,'2026-11-27T17:04:07.150Z','coil.final','CLEAN-1','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.32, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.32}');
INSERT INTO "events" VALUES(1,5,'2026-11-27T17:04:07.215Z','coil.started','CLEAN-1~2','{"name": "CLEAN-1", "automatic": false}');
INSERT INTO "events" VALUES(1,6,'2026-11-27T17:04:07.260Z','coil.started','auto-20261127T170407127Z','{"name": "auto-20261127T170407127Z", "automatic": true}');
INSERT INTO "events" VALUES(1,7,'2026-11-27T17:04:07.266Z','coil.final','auto-20261127T170407127Z','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.032, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.032}');
INSERT INTO "events" VALUES(1,8,'2026-11-27T17:04:08.325Z','coil.changed','CLEAN-1~2','{"status": "provisional", "finished_at": "2026-11-27T17:04:08.324Z"}');
INSERT INTO "events" VALUES(1,9,'2026-11-27T17:04:08.348Z','coil.final','CLEAN-1~2','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.272, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.272}');
INSERT INTO "events" VALUES(1,10,'2026-11-27T17:04:08.412Z','coil.started','auto-20261127T170408342Z','{"name": "auto-20261127T170408342Z", "automatic": true}');
INSERT INTO "events" VALUES(1,11,'2026-11-27T17:04:08.417Z','coil.final','auto-20261127T170408342Z','{"decision": "hold", "reasons": [{"code": "coil.interrupted", "args": {}}, {"code": "coil.sound", "args": {"length_m": 0.032, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.032}');
INSERT INTO "events" VALUES(1,12,'2026-11-27T17:04:10.693Z','station.started','','{"model": "bright", "provider": "cpu"}');
INSERT INTO "events" VALUES(1,13,'2026-11-27T17:04:10.814Z','coil.started','DEFECTS-1','{"name": "DEFECTS-1", "automatic": false}');
INSERT INTO "events" VALUES(1,14,'2026-11-27T17:04:11.924Z','defect.found','DEFECTS-1','{"defect_id": "DEFECTS-1-000001", "class": "bright", "severity": 1, "side": "top", "along_mm": 217.0}');
INSERT INTO "events" VALUES(1,15,'2026-11-27T17:04:11.999Z','coil.changed','DEFECTS-1','{"status": "provisional", "finished_at": "2026-11-27T17:04:11.996Z"}');
INSERT INTO "events" VALUES(1,16,'2026-11-27T17:04:12.045Z','defect.found','DEFECTS-1','{"defect_id": "DEFECTS-1-000002", "class": "bright", "severity": 2, "side": "top", "along_mm": 237.0}');
INSERT INTO "events" VALUES(1,17,'2026-11-27T17:04:12.056Z','coil.final','DEFECTS-1','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.256, "defects": 2, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.256}');
INSERT INTO "events" VALUES(1,18,'2026-11-27T17:04:12.089Z','coil.decided','DEFECTS-1','{"decision": "accept", "instead_of": "accept", "operator": "Kim", "note": "the customer agrees"}');
INSERT INTO "events" VALUES(1,19,'2026-11-27T17:04:12.099Z','coil.started','DEFECTS-2','{"name": "DEFECTS-2", "automatic": false}');
INSERT INTO "events" VALUES(1,20,'2026-11-27T17:04:12.117Z','coil.started','auto-20261127T170412037Z','{"name": "auto-20261127T170412037Z", "automatic": true}');
INSERT INTO "events" VALUES(1,21,'2026-11-27T17:04:12.119Z','defect.found','auto-20261127T170412037Z','{"defect_id": "auto-20261127T170412037Z-000001", "class": "bright", "severity": 2, "side": "top", "along_mm": 1.0}');
INSERT INTO "events" VALUES(1,22,'2026-11-27T17:04:12.119Z','defect.found','auto-20261127T170412037Z','{"defect_id": "auto-20261127T170412037Z-000002", "class": "bright", "severity": 1, "side": "top", "along_mm": 3.0}');
INSERT INTO "events" VALUES(1,23,'2026-11-27T17:04:12.130Z','coil.final','auto-20261127T170412037Z','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.016, "defects": 2, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.016}');
INSERT INTO "events" VALUES(1,24,'2026-11-27T17:04:12.371Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000001", "class": "bright", "severity": 1, "side": "top", "along_mm": 34.0}');
INSERT INTO "events" VALUES(1,25,'2026-11-27T17:04:12.623Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000002", "class": "bright", "severity": 3, "side": "top", "along_mm": 105.0}');
INSERT INTO "events" VALUES(1,26,'2026-11-27T17:04:12.623Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000003", "class": "bright", "severity": 1, "side": "top", "along_mm": 104.0}');
INSERT INTO "events" VALUES(1,27,'2026-11-27T17:04:12.623Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000004", "class": "bright", "severity": 3, "side": "top", "along_mm": 98.0}');
INSERT INTO "events" VALUES(1,28,'2026-11-27T17:04:12.749Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000005", "class": "bright", "severity": 2, "side": "top", "along_mm": 133.0}');
INSERT INTO "events" VALUES(1,29,'2026-11-27T17:04:12.749Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000006", "class": "bright", "severity": 2, "side": "top", "along_mm": 146.0}');
INSERT INTO "events" VALUES(1,30,'2026-11-27T17:04:12.749Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000007", "class": "bright", "severity": 2, "side": "top", "along_mm": 122.0}');
INSERT INTO "events" VALUES(1,31,'2026-11-27T17:04:12.876Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000008", "class": "bright", "severity": 2, "side": "top", "along_mm": 185.0}');
INSERT INTO "events" VALUES(1,32,'2026-11-27T17:04:13.005Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000009", "class": "bright", "severity": 1, "side": "top", "along_mm": 209.0}');
INSERT INTO "events" VALUES(1,33,'2026-11-27T17:04:13.005Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000010", "class": "bright", "severity": 2, "side": "top", "along_mm": 195.0}');
INSERT INTO "events" VALUES(1,34,'2026-11-27T17:04:13.030Z','coil.changed','DEFECTS-2','{"status": "provisional", "finished_at": "2026-11-27T17:04:13.028Z"}');
INSERT INTO "events" VALUES(1,35,'2026-11-27T17:04:13.070Z','coil.final','DEFECTS-2','{"decision": "hold", "reasons": [{"code": "coil.severe_defects", "args": {"defects": 2, "severity": 3}}], "length_m": 0.24}');
INSERT INTO "events" VALUES(1,36,'2026-11-27T17:04:13.107Z','coil.started','DEFECTS-3','{"name": "DEFECTS-3", "automatic": false}');
INSERT INTO "events" VALUES(1,37,'2026-11-27T17:04:13.130Z','coil.started','auto-20261127T170413061Z','{"name": "auto-20261127T170413061Z", "automatic": true}');
INSERT INTO "events" VALUES(1,38,'2026-11-27T17:04:13.135Z','coil.final','auto-20261127T170413061Z','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.016, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.016}');
INSERT INTO "events" VALUES(1,39,'2026-11-27T17:04:14.160Z','defect.found','DEFECTS-3','{"defect_id": "DEFECTS-3-000001", "class": "bright", "severity": 3, "side": "top", "along_mm": 219.0}');
INSERT INTO "events" VALUES(1,40,'2026-11-27T17:04:14.160Z','defect.found','DEFECTS-3','{"defect_id": "DEFECTS-3-000002", "class": "bright", "severity": 3, "side": "top", "along_mm": 220.0}');
INSERT INTO "events" VALUES(1,41,'2026-11-27T17:04:14.285Z','defect.found','DEFECTS-3','{"defect_id": "DEFECTS-3-000003", "class": "bright", "severity": 1, "side": "top", "along_mm": 261.0}');
INSERT INTO "events" VALUES(1,42,'2026-11-27T17:04:14.412Z','defect.found','DEFECTS-3','{"defect_id": "DEFECTS-3-000004", "class": "bright", "severity": 3, "side": "top", "along_mm": 294.0}');
INSERT INTO "events" VALUES(1,43,'2026-11-27T17:04:14.672Z','defect.found','DEFECTS-3','{"defect_id": "DEFECTS-3-000005", "class": "bright", "severity": 1, "side": "top", "along_mm": 361.0}');
INSERT INTO "events" VALUES(1,44,'2026-11-27T17:04:14.672Z','defect.found','DEFECTS-3','{"defect_id": "DEFECTS-3-000006", "class": "bright", "severity": 1, "side": "top", "along_mm": 377.0}');
INSERT INTO "events" VALUES(1,45,'2026-11-27T17:04:14.798Z','defect.found','DEFECTS-3','{"defect_id": "DEFECTS-3-000007", "class": "bright", "severity": 2, "side": "top", "along_mm": 389.0}');
INSERT INTO "events" VALUES(1,46,'2026-11-27T17:04:14.845Z','coil.changed','DEFECTS-3','{"status": "provisional", "finished_at": "2026-11-27T17:04:14.844Z"}');
INSERT INTO "events" VALUES(1,47,'2026-11-27T17:04:14.867Z','coil.final','DEFECTS-3','{"decision": "hold", "reasons": [{"code": "coil.severe_defects", "args": {"defects": 3, "severity": 3}}], "length_m": 0.432}');
INSERT INTO "events" VALUES(1,48,'2026-11-27T17:04:14.990Z','coil.started','auto-20261127T170414854Z','{"name": "auto-20261127T170414854Z", "automatic": true}');
INSERT INTO "events" VALUES(1,49,'2026-11-27T17:04:14.991Z','defect.found','auto-20261127T170414854Z','{"defect_id": "auto-20261127T170414854Z-000001", "class": "bright", "severity": 2, "side": "top", "along_mm": 25.0}');
INSERT INTO "events" VALUES(1,50,'2026-11-27T17:04:14.999Z','coil.final','auto-20261127T170414854Z','{"decision": "hold", "reasons": [{"code": "coil.interrupted", "args": {}}, {"code": "coil.sound", "args": {"length_m": 0.048, "defects": 1, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.048}');
INSERT INTO "events" VALUES(1,51,'2026-11-27T17:04:17.567Z','station.started','','{"model": "bright", "provider": "cpu"}');
INSERT INTO "events" VALUES(1,52,'2026-11-27T17:04:17.690Z','coil.started','MARKS-1','{"name": "MARKS-1", "automatic": false}');
INSERT INTO "events" VALUES(1,53,'2026-11-27T17:04:18.850Z','coil.changed','MARKS-1','{"status": "provisional", "finished_at": "2026-11-27T17:04:18.847Z"}');
INSERT INTO "events" VALUES(1,54,'2026-11-27T17:04:18.885Z','coil.final','MARKS-1','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.24, "defects": 0, "severity": 3}}, {"code": "coil.marks", "args": {"marks": 2, "classes": "marking"}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.24}');
INSERT INTO "events" VALUES(1,55,'2026-11-27T17:04:18.946Z','coil.started','auto-20261127T170418874Z','{"name": "auto-20261127T170418874Z", "automatic": true}');
INSERT INTO "events" VALUES(1,56,'2026-11-27T17:04:18.952Z','coil.final','auto-20261127T170418874Z','{"decision": "hold", "reasons": [{"code": "coil.interrupted", "args": {}}, {"code": "coil.sound", "args": {"length_m": 0.032, "defects": 0, "severity": 3}}, {"code": "coil.marks", "args": {"marks": 3, "classes": "marking"}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.032}');
INSERT INTO "events" VALUES(1,57,'2026-11-27T17:04:21.103Z','station.started','','{"model": "bright", "provider": "cpu"}');
INSERT INTO "events" VALUES(1,58,'2026-11-27T17:04:21.222Z','coil.started','LOST-1','{"name": "LOST-1", "automatic": false}');
INSERT INTO "events" VALUES(1,59,'2026-11-27T17:04:21.703Z','defect.found','LOST-1','{"defect_id": "LOST-1-000001", "class": "bright", "severity": 2, "side": "top", "along_mm": 56.0}');
INSERT INTO "events" VALUES(1,60,'2026-11-27T17:04:21.703Z','defect.found','LOST-1','{"defect_id": "LOST-1-000002", "class": "bright", "severity": 1, "side": "top", "along_mm": 29.0}');
INSERT INTO "events" VALUES(1,61,'2026-11-27T17:04:21.766Z','defect.found','LOST-1','{"defect_id": "LOST-1-000003", "class": "bright", "severity": 3, "side": "top", "along_mm": 69.0}');
INSERT INTO "events" VALUES(1,62,'2026-11-27T17:04:21.766Z','defect.found','LOST-1','{"defect_id": "LOST-1-000004", "class": "bright", "severity": 3, "side": "top", "along_mm": 70.0}');
INSERT INTO "events" VALUES(1,63,'2026-11-27T17:04:21.766Z','defect.found','LOST-1','{"defect_id": "LOST-1-000005", "class": "bright", "severity": 2, "side": "top", "along_mm": 75.0}');
INSERT INTO "events" VALUES(1,64,'2026-11-27T17:04:22.403Z','coverage.lost','LOST-1','{"camera": "cam", "first_line": 384, "along_mm": 96.0, "reason": {"code": "line.frame_dropped", "args": {}}}');
INSERT INTO "events" VALUES(1,65,'2026-11-27T17:04:22.410Z','coverage.lost','LOST-1','{"camera": "cam", "first_line": 640, "along_mm": 160.0, "reason": {"code": "line.frame_dropped", "args": {}}}');
INSERT INTO "events" VALUES(1,66,'2026-11-27T17:04:22.490Z','coil.changed','LOST-1','{"status": "provisional", "finished_at": "2026-11-27T17:04:22.487Z"}');
INSERT INTO "events" VALUES(1,67,'2026-11-27T17:04:22.592Z','coverage.lost','LOST-1','{"camera": "cam", "first_line": 1024, "along_mm": 256.0, "reason": {"code": "line.frame_dropped", "args": {}}}');
INSERT INTO "events" VALUES(1,68,'2026-11-27T17:04:22.602Z','coil.final','LOST-1','{"decision": "hold", "reasons": [{"code": "coil.not_inspected", "args": {"uninspected_m": 0.128, "limit_m": 0.1}}, {"code": "coil.severe_defects", "args": {"defects": 2, "severity": 3}}], "length_m": 0.288}');
INSERT INTO "events" VALUES(1,69,'2026-11-27T17:04:22.620Z','coil.started','KILLED-1','{"name": "KILLED-1", "automatic": false}');
INSERT INTO "events" VALUES(1,70,'2026-11-27T17:04:22.659Z','coil.started','auto-20261127T170422589Z','{"name": "auto-20261127T170422589Z", "automatic": true}');
INSERT INTO "events" VALUES(1,71,'2026-11-27T17:04:22.665Z','coil.final','auto-20261127T170422589Z','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.016, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.016}');
INSERT INTO "events" VALUES(1,72,'2026-11-27T17:04:23.171Z','coverage.lost','KILLED-1','{"camera": "cam", "first_line": 128, "along_mm": 32.0, "reason": {"code": "line.frame_dropped", "args": {}}}');
INSERT INTO "events" VALUES(1,73,'2026-11-27T17:04:23.174Z','coverage.lost','KILLED-1','{"camera": "cam", "first_line": 320, "along_mm": 80.0, "reason": {"code": "line.frame_dropped", "args": {}}}');
INSERT INTO "events" VALUES(1,74,'2026-11-27T17:04:23.492Z','coverage.lost','KILLED-1','{"camera": "cam", "first_line": 640, "along_mm": 160.0, "reason": {"code": "line.frame_dropped", "args": {}}}');
INSERT INTO "events" VALUES(1,75,'2026-11-27T17:04:23.494Z','defect.found','KILLED-1','{"defect_id": "KILLED-1-000001", "class": "bright", "severity": 3, "side": "top", "along_mm": 180.0}');
INSERT INTO "events" VALUES(1,76,'2026-11-27T17:04:25.456Z','coverage.lost','KILLED-1','{"camera": "cam", "first_line": 832, "along_mm": 208.0, "reason": {"code": "station.interrupted", "args": {"lines": 1, "away_s": 2.0, "lines_hz": 0.0}}}');
INSERT INTO "events" VALUES(1,77,'2026-11-27T17:04:25.463Z','coil.final','KILLED-1','{"decision": "hold", "reasons": [{"code": "coil.interrupted", "args": {}}, {"code": "coil.severe_defects", "args": {"defects": 1, "severity": 3}}], "length_m": 0.20825}');
INSERT INTO "events" VALUES(1,78,'2026-11-27T17:04:25.756Z','station.started','','{"model": "bright", "provider": "cpu"}');
INSERT INTO "events" VALUES(1,79,'2026-11-27T17:04:26.283Z','coil.started','auto-20261127T170426142Z','{"name": "auto-20261127T170426142Z", "automatic": true}');
INSERT INTO "events" VALUES(1,80,'2026-11-27T17:04:26.412Z','coil.started','RUNNING-1','{"name": "RUNNING-1", "automatic": false}');
INSERT INTO "events" VALUES(1,81,'2026-11-27T17:04:26.415Z','coil.changed','auto-20261127T170426142Z','{"status": "provisional", "finished_at": "2026-11-27T17:04:26.413Z"}');
INSERT INTO "events" VALUES(1,82,'2026-11-27T17:04:26.472Z','coil.final','auto-20261127T170426142Z','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.08, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.08}');
CREATE TABLE "intervals" (
	station INTEGER NOT NULL, 
	coil_id VARCHAR(128) NOT NULL, 
	camera VARCHAR(64) NOT NULL, 
	first_line BIGINT NOT NULL, 
	lines BIGINT NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	old_text TEXT NOT NULL, 
	code VARCHAR(64) DEFAULT '' NOT NULL, 
	args JSON, 
	PRIMARY KEY (station, coil_id, camera, first_line), 
	FOREIGN KEY(station, coil_id) REFERENCES "coils" (station, coil_id), 
	FOREIGN KEY(station) REFERENCES stations (number)
);
INSERT INTO "intervals" VALUES(1,'CLEAN-1','cam',0,1280,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'auto-20261127T170407127Z','cam',0,128,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'CLEAN-1~2','cam',0,1088,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'auto-20261127T170408342Z','cam',0,128,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'DEFECTS-1','cam',0,1024,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'auto-20261127T170412037Z','cam',0,64,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'DEFECTS-2','cam',0,960,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'auto-20261127T170413061Z','cam',0,64,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'DEFECTS-3','cam',0,1728,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'auto-20261127T170414854Z','cam',0,192,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'MARKS-1','cam',0,960,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'auto-20261127T170418874Z','cam',0,128,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'LOST-1','cam',0,384,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'LOST-1','cam',384,128,'lost','','line.frame_dropped','{}');
INSERT INTO "intervals" VALUES(1,'LOST-1','cam',512,128,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'LOST-1','cam',640,256,'lost','','line.frame_dropped','{}');
INSERT INTO "intervals" VALUES(1,'LOST-1','cam',896,128,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'LOST-1','cam',1024,128,'lost','','line.frame_dropped','{}');
INSERT INTO "intervals" VALUES(1,'auto-20261127T170422589Z','cam',0,64,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'KILLED-1','cam',0,128,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'KILLED-1','cam',128,128,'lost','','line.frame_dropped','{}');
INSERT INTO "intervals" VALUES(1,'KILLED-1','cam',256,64,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'KILLED-1','cam',320,64,'lost','','line.frame_dropped','{}');
INSERT INTO "intervals" VALUES(1,'KILLED-1','cam',384,256,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'KILLED-1','cam',640,64,'lost','','line.frame_dropped','{}');
INSERT INTO "intervals" VALUES(1,'KILLED-1','cam',704,128,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'KILLED-1','cam',832,1,'lost','','station.interrupted','{"lines": 1, "away_s": 2.0, "lines_hz": 0.0}');
INSERT INTO "intervals" VALUES(1,'auto-20261127T170426142Z','cam',0,320,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'RUNNING-1','cam',0,1024,'inspected','','','null');
CREATE TABLE log_ins (
	sha256 VARCHAR(64) NOT NULL, 
	name VARCHAR(64) NOT NULL, 
	made_at VARCHAR(32) NOT NULL, 
	expires_at VARCHAR(32) NOT NULL, 
	last_used_at VARCHAR(32), 
	revoked_at VARCHAR(32), 
	PRIMARY KEY (sha256), 
	FOREIGN KEY(name) REFERENCES people (name)
);
CREATE TABLE "optics" (
	station INTEGER NOT NULL, 
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	coil_id VARCHAR(128) NOT NULL, 
	camera VARCHAR(64) NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	light_dn JSON NOT NULL, 
	sharpness FLOAT NOT NULL, 
	FOREIGN KEY(station, coil_id) REFERENCES "coils" (station, coil_id), 
	FOREIGN KEY(station) REFERENCES stations (number)
);
CREATE TABLE overrides (
	station INTEGER NOT NULL, 
	override_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	coil_id VARCHAR(128) NOT NULL, 
	decision VARCHAR(16) NOT NULL, 
	operator VARCHAR(64) NOT NULL, 
	note TEXT NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	FOREIGN KEY(station, coil_id) REFERENCES coils (station, coil_id), 
	FOREIGN KEY(station) REFERENCES stations (number)
);
INSERT INTO "overrides" VALUES(1,1,'DEFECTS-1','accept','Kim','the customer agrees','2026-11-27T17:04:12.086Z');
CREATE TABLE people (
	name VARCHAR(64) NOT NULL, 
	role VARCHAR(16) NOT NULL, 
	password VARCHAR(255) NOT NULL, 
	made_at VARCHAR(32) NOT NULL, 
	left_at VARCHAR(32), 
	PRIMARY KEY (name)
);
CREATE TABLE periodic (
	station INTEGER NOT NULL, 
	periodic_id VARCHAR(160) NOT NULL, 
	coil_id VARCHAR(128) NOT NULL, 
	side VARCHAR(16) NOT NULL, 
	across_mm FLOAT NOT NULL, 
	period_mm FLOAT NOT NULL, 
	period_error_mm FLOAT NOT NULL, 
	first_mm FLOAT NOT NULL, 
	last_mm FLOAT NOT NULL, 
	seen INTEGER NOT NULL, 
	expected INTEGER NOT NULL, 
	by_chance_log10 FLOAT NOT NULL, 
	rolls JSON NOT NULL, 
	defect_ids JSON NOT NULL, 
	PRIMARY KEY (station, periodic_id), 
	FOREIGN KEY(station, coil_id) REFERENCES coils (station, coil_id), 
	FOREIGN KEY(station) REFERENCES stations (number)
);
CREATE TABLE recipes (
	sha256 VARCHAR(64) NOT NULL, 
	body JSON NOT NULL, 
	PRIMARY KEY (sha256)
);
INSERT INTO "recipes" VALUES('a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','{"name": "default", "classes": {"bright": {"threshold": null, "min_area_mm2": 1.0, "ignore": false, "as_defect": false}}, "severity": {"area_mm2": [1.5, 3.5, 50.0], "long_mm": 1000.0}, "hold_from_severity": 3, "hold_above_defects_per_100m": 100000.0, "hold_above_uninspected_m": 0.1, "hold_for_periodic": true, "bridge_mm": 8.0, "edge_margin_mm": 2.0, "strip_width_mm": 96.0, "screen": []}');
CREATE TABLE "reviews" (
	station INTEGER NOT NULL, 
	review_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	defect_id VARCHAR(160) NOT NULL, 
	verdict VARCHAR(16) NOT NULL, 
	class_name VARCHAR(64), 
	operator VARCHAR(64) NOT NULL, 
	note TEXT NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	FOREIGN KEY(station, defect_id) REFERENCES "defects" (station, defect_id), 
	FOREIGN KEY(station) REFERENCES stations (number)
);
CREATE TABLE stations (
	number INTEGER NOT NULL, 
	name VARCHAR(128) NOT NULL, 
	plant VARCHAR(128) NOT NULL, 
	line VARCHAR(128) NOT NULL, 
	feed VARCHAR(64) NOT NULL, cameras JSON DEFAULT '{}' NOT NULL, 
	PRIMARY KEY (number), 
	UNIQUE (name)
);
INSERT INTO "stations" VALUES(1,'test','','','590677b1-dcbe-47c9-951b-9508ed2dd997','{"cam": "top"}');
CREATE TABLE tokens (
	sha256 VARCHAR(64) NOT NULL, 
	name VARCHAR(64) NOT NULL, 
	role VARCHAR(16) NOT NULL, 
	made_at VARCHAR(32) NOT NULL, 
	expires_at VARCHAR(32) NOT NULL, 
	last_used_at VARCHAR(32), 
	revoked_at VARCHAR(32), 
	PRIMARY KEY (sha256)
);
CREATE TABLE webhooks (
	station INTEGER NOT NULL, 
	name VARCHAR(32) NOT NULL, 
	sent BIGINT NOT NULL, 
	PRIMARY KEY (station, name), 
	FOREIGN KEY(station) REFERENCES stations (number)
);
CREATE INDEX ix_tokens_name ON tokens (name);
CREATE INDEX ix_log_ins_name ON log_ins (name);
CREATE TRIGGER audit_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit only grows'); END;
CREATE TRIGGER audit_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit only grows'); END;
CREATE TRIGGER audit_replace BEFORE INSERT ON audit WHEN NEW.number IN (SELECT number FROM audit) BEGIN SELECT RAISE(ABORT, 'the audit only grows'); END;
CREATE INDEX coils_by_name ON coils (station, name);
CREATE INDEX coils_of_station ON coils (station, number);
CREATE INDEX defects_of_coil ON defects (station, coil_id, number);
CREATE INDEX reviews_of_defect ON reviews (station, defect_id);
CREATE INDEX reviews_of_station ON reviews (station, review_id);
CREATE INDEX optics_of_camera ON optics (station, camera, number);
CREATE INDEX coils_by_start ON coils (station, started_at);
CREATE INDEX coils_by_end ON coils (station, finished_at);
CREATE INDEX coils_by_product ON coils (station, product, number);
CREATE INDEX coils_by_decision ON coils (station, decision, number);
CREATE INDEX periodic_of_coil ON periodic (station, coil_id);
CREATE INDEX overrides_of_coil ON overrides (station, coil_id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('coils',17);
INSERT INTO "sqlite_sequence" VALUES('defects',33);
INSERT INTO "sqlite_sequence" VALUES('reviews',0);
INSERT INTO "sqlite_sequence" VALUES('optics',0);
INSERT INTO "sqlite_sequence" VALUES('overrides',1);
COMMIT;
