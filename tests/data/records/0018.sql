BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0018');
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
INSERT INTO "coils" VALUES(1,1,'CLEAN-1','CLEAN-1','final',0,0,'H290','S235','2026-11-27T17:07:57.109Z','2026-11-27T17:07:58.633Z','2026-11-27T17:07:58.676Z',0.25,96.125,1.11306562826933554783e+03,'bright 1','2dad630efa0f637df145612cb2433fc2b3ad849711005d520af23e58b5444d3d','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','accept','[{"code": "coil.sound", "args": {"length_m": 0.32, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',14,96.0,1,'{"lines": {"inspected": 1280, "degraded": 0, "lost": 0}, "by_class": {}, "by_severity": {}, "marks": {}, "scores": {}}');
INSERT INTO "coils" VALUES(1,2,'CLEAN-1~2','CLEAN-1','final',0,0,'H290','S235','2026-11-27T17:07:58.731Z','2026-11-27T17:07:59.929Z','2026-11-27T17:07:59.955Z',0.25,96.125,2111.35348421132,'bright 1','2dad630efa0f637df145612cb2433fc2b3ad849711005d520af23e58b5444d3d','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','accept','[{"code": "coil.sound", "args": {"length_m": 0.304, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',14,96.0,2,'{"lines": {"inspected": 1216, "degraded": 0, "lost": 0}, "by_class": {}, "by_severity": {}, "marks": {}, "scores": {}}');
INSERT INTO "coils" VALUES(1,3,'auto-20261127T170758672Z','auto-20261127T170758672Z','final',1,0,'','','2026-11-27T17:07:58.672Z','2026-11-27T17:07:58.770Z','2026-11-27T17:07:58.768Z',0.25,96.0,0.0,'bright 1','2dad630efa0f637df145612cb2433fc2b3ad849711005d520af23e58b5444d3d','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','accept','[{"code": "coil.sound", "args": {"length_m": 0.016, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',4,96.0,1,'{"lines": {"inspected": 64, "degraded": 0, "lost": 0}, "by_class": {}, "by_severity": {}, "marks": {}, "scores": {}}');
INSERT INTO "coils" VALUES(1,4,'auto-20261127T170759952Z','auto-20261127T170759952Z','final',1,1,'','','2026-11-27T17:07:59.952Z','2026-11-27T17:08:00.022Z','2026-11-27T17:08:00.021Z',0.25,96.125,0.0,'bright 1','2dad630efa0f637df145612cb2433fc2b3ad849711005d520af23e58b5444d3d','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','hold','[{"code": "coil.interrupted", "args": {}}]',4,96.0,1,'{"lines": {"inspected": 128, "degraded": 0, "lost": 0}, "by_class": {}, "by_severity": {}, "marks": {}, "scores": {}}');
INSERT INTO "coils" VALUES(1,5,'DEFECTS-1','DEFECTS-1','final',0,0,'','','2026-11-27T17:08:04.046Z','2026-11-27T17:08:05.395Z','2026-11-27T17:08:05.426Z',0.25,96.0,1.14909289517950264779e+03,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','accept','[{"code": "coil.sound", "args": {"length_m": 0.24, "defects": 2, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',13,97.0,1,'{"lines": {"inspected": 960, "degraded": 0, "lost": 0}, "by_class": {"bright": 2}, "by_severity": {"1": 2}, "marks": {}, "scores": {"bright": 1.0}}');
INSERT INTO "coils" VALUES(1,6,'DEFECTS-2','DEFECTS-2','final',0,0,'','DC04','2026-11-27T17:08:05.537Z','2026-11-27T17:08:06.570Z','2026-11-27T17:08:06.630Z',0.25,96.125,1.14397198824094903097e+03,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','panel','9a5d66f4c1aa6064db95649d1613bbed808adb8170db22aba60bd04537fa92a5','scrap','[{"code": "coil.rule_area", "args": {"rule": "too many", "then": "scrap", "area_mm2": 26.0, "limit_mm2": 20.0}}, {"code": "coil.rule_count", "args": {"rule": "in the usable width", "then": "downgrade", "defects": 8.0, "limit": 1.0, "in_any_m": 0.1, "from_m": 0.09}}]',13,96.0,1,'{"lines": {"inspected": 1024, "degraded": 0, "lost": 0}, "by_class": {"bright": 10}, "by_severity": {"1": 3, "2": 5, "3": 2}, "marks": {}, "scores": {"bright": 1.0}}');
INSERT INTO "coils" VALUES(1,7,'auto-20261127T170805412Z','auto-20261127T170805412Z','final',1,0,'','','2026-11-27T17:08:05.412Z','2026-11-27T17:08:05.606Z','2026-11-27T17:08:05.606Z',0.25,96.125,0.0,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','accept','[{"code": "coil.sound", "args": {"length_m": 0.048, "defects": 3, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',5,96.0,1,'{"lines": {"inspected": 192, "degraded": 0, "lost": 0}, "by_class": {"bright": 3}, "by_severity": {"1": 2, "2": 1}, "marks": {}, "scores": {"bright": 1.0}}');
INSERT INTO "coils" VALUES(1,8,'DEFECTS-3','DEFECTS-3','final',0,0,'','DX51D','2026-11-27T17:08:06.726Z','2026-11-27T17:08:08.442Z','2026-11-27T17:08:08.487Z',0.25,96.125,1.41934089246218673001e+03,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','panel','9a5d66f4c1aa6064db95649d1613bbed808adb8170db22aba60bd04537fa92a5','scrap','[{"code": "coil.rule_area", "args": {"rule": "too many", "then": "scrap", "area_mm2": 22.0, "limit_mm2": 20.0}}, {"code": "coil.rule_count", "args": {"rule": "in the usable width", "then": "downgrade", "defects": 4.0, "limit": 1.0, "in_any_m": 0.1, "from_m": 0.18}}]',18,96.0,1,'{"lines": {"inspected": 1728, "degraded": 0, "lost": 0}, "by_class": {"bright": 8}, "by_severity": {"1": 3, "2": 2, "3": 3}, "marks": {}, "scores": {"bright": 1.0}}');
INSERT INTO "coils" VALUES(1,9,'auto-20261127T170806626Z','auto-20261127T170806626Z','final',1,0,'','','2026-11-27T17:08:06.626Z','2026-11-27T17:08:06.759Z','2026-11-27T17:08:06.759Z',0.25,96.125,0.0,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','accept','[{"code": "coil.sound", "args": {"length_m": 0.032, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',4,96.0,1,'{"lines": {"inspected": 128, "degraded": 0, "lost": 0}, "by_class": {}, "by_severity": {}, "marks": {}, "scores": {}}');
INSERT INTO "coils" VALUES(1,10,'PIECE-1','PIECE-1','final',0,0,'','DX51D','2026-11-27T17:08:08.518Z','2026-11-27T17:08:08.518Z','2026-11-27T17:08:08.521Z',0.25,96.0,0.0,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','hold','[{"code": "coil.severe_defects", "args": {"defects": 3, "severity": 3}}, {"code": "coil.derived", "args": {"coils": "DEFECTS-3"}}]',2,96.0,1,'{"lines": {"inspected": 1200, "degraded": 0, "lost": 0}, "by_class": {"bright": 7}, "by_severity": {"1": 3, "2": 1, "3": 3}, "marks": {}, "scores": {"bright": 1.0}}');
INSERT INTO "coils" VALUES(1,11,'auto-20261127T170808482Z','auto-20261127T170808482Z','final',1,1,'','','2026-11-27T17:08:08.482Z','2026-11-27T17:08:08.555Z','2026-11-27T17:08:08.554Z',0.25,96.0,0.0,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','hold','[{"code": "coil.interrupted", "args": {}}]',4,96.0,1,'{"lines": {"inspected": 128, "degraded": 0, "lost": 0}, "by_class": {}, "by_severity": {}, "marks": {}, "scores": {}}');
INSERT INTO "coils" VALUES(1,12,'MARKS-1','MARKS-1','final',0,0,'','','2026-11-27T17:08:11.133Z','2026-11-27T17:08:12.385Z','2026-11-27T17:08:12.444Z',0.25,96.125,1.14092555080140255088e+03,'bright 1','2b8ab9f6376dd048691ab50c3b9d35de0013e90afc6a56fe959059d13908be2a','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','accept','[{"code": "coil.sound", "args": {"length_m": 0.256, "defects": 0, "severity": 3}}, {"code": "coil.marks", "args": {"marks": 2, "classes": "marking"}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',12,96.0,1,'{"lines": {"inspected": 1024, "degraded": 0, "lost": 0}, "by_class": {}, "by_severity": {}, "marks": {"marking": 2}, "scores": {}}');
INSERT INTO "coils" VALUES(1,13,'auto-20261127T170812436Z','auto-20261127T170812436Z','final',1,1,'','','2026-11-27T17:08:12.436Z','2026-11-27T17:08:12.510Z','2026-11-27T17:08:12.509Z',0.25,96.0,0.0,'bright 1','2b8ab9f6376dd048691ab50c3b9d35de0013e90afc6a56fe959059d13908be2a','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','hold','[{"code": "coil.interrupted", "args": {}}]',4,96.0,1,'{"lines": {"inspected": 128, "degraded": 0, "lost": 0}, "by_class": {}, "by_severity": {}, "marks": {"marking": 2}, "scores": {}}');
INSERT INTO "coils" VALUES(1,14,'LOST-1','LOST-1','final',0,0,'','DC04','2026-11-27T17:08:16.752Z','2026-11-27T17:08:18.083Z','2026-11-27T17:08:18.199Z',0.25,96.0,1.13091026515877319982e+03,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','panel','9a5d66f4c1aa6064db95649d1613bbed808adb8170db22aba60bd04537fa92a5','hold','[{"code": "coil.not_inspected", "args": {"uninspected_m": 0.128, "limit_m": 0.1}}, {"code": "coil.rule_count", "args": {"rule": "in the usable width", "then": "downgrade", "defects": 5.0, "limit": 1.0, "in_any_m": 0.1, "from_m": 0.03}}]',17,96.0,1,'{"lines": {"inspected": 640, "degraded": 0, "lost": 512}, "by_class": {"bright": 5}, "by_severity": {"1": 1, "2": 2, "3": 2}, "marks": {}, "scores": {"bright": 1.0}}');
INSERT INTO "coils" VALUES(1,15,'KILLED-1','KILLED-1','final',0,1,'','','2026-11-27T17:08:18.232Z','2026-11-27T17:08:21.875Z','2026-11-27T17:08:19.101Z',0.25,96.0,0.0,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','hold','[{"code": "coil.interrupted", "args": {}}, {"code": "coil.severe_defects", "args": {"defects": 1, "severity": 3}}]',11,96.0,1,'{"lines": {"inspected": 576, "degraded": 0, "lost": 257}, "by_class": {"bright": 1}, "by_severity": {"3": 1}, "marks": {}, "scores": {"bright": 1.0}}');
INSERT INTO "coils" VALUES(1,16,'auto-20261127T170818196Z','auto-20261127T170818196Z','final',1,0,'','','2026-11-27T17:08:18.196Z','2026-11-27T17:08:18.267Z','2026-11-27T17:08:18.267Z',0.25,96.0,0.0,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','accept','[{"code": "coil.sound", "args": {"length_m": 0.016, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',4,96.0,1,'{"lines": {"inspected": 64, "degraded": 0, "lost": 0}, "by_class": {}, "by_severity": {}, "marks": {}, "scores": {}}');
INSERT INTO "coils" VALUES(1,17,'auto-20261127T170822921Z','auto-20261127T170822921Z','final',1,0,'','','2026-11-27T17:08:22.921Z','2026-11-27T17:08:23.186Z','2026-11-27T17:08:23.244Z',0.25,96.0,0.0,'bright 1','2dad630efa0f637df145612cb2433fc2b3ad849711005d520af23e58b5444d3d','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','accept','[{"code": "coil.sound", "args": {"length_m": 0.08, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',7,96.0,1,'{"lines": {"inspected": 320, "degraded": 0, "lost": 0}, "by_class": {}, "by_severity": {}, "marks": {}, "scores": {}}');
INSERT INTO "coils" VALUES(1,18,'RUNNING-1','RUNNING-1','running',0,0,'','','2026-11-27T17:08:23.181Z',NULL,'2026-11-27T17:08:24.269Z',0.25,96.125,1.98798582893561024322e+03,'bright 1','2dad630efa0f637df145612cb2433fc2b3ad849711005d520af23e58b5444d3d','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf',NULL,NULL,9,96.0,1,NULL);
CREATE TABLE "counters" (
	station INTEGER NOT NULL, 
	name VARCHAR(32) NOT NULL, 
	value BIGINT NOT NULL, 
	PRIMARY KEY (station, name), 
	FOREIGN KEY(station) REFERENCES stations (number)
);
INSERT INTO "counters" VALUES(1,'events',86);
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
CREATE TABLE decisions (
	station INTEGER NOT NULL, 
	decision_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	coil_id VARCHAR(128) NOT NULL, 
	number INTEGER NOT NULL, 
	decision VARCHAR(16) NOT NULL, 
	reasons JSON NOT NULL, 
	recipe_name VARCHAR(128) NOT NULL, 
	recipe_sha256 VARCHAR(64) NOT NULL, 
	operator VARCHAR(64) NOT NULL, 
	note TEXT NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	FOREIGN KEY(station, coil_id) REFERENCES coils (station, coil_id), 
	UNIQUE (station, coil_id, number), 
	FOREIGN KEY(station) REFERENCES stations (number)
);
INSERT INTO "decisions" VALUES(1,1,'DEFECTS-2',2,'hold','[{"code": "coil.severe_defects", "args": {"defects": 2, "severity": 3}}]','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','Lee','another order','2026-11-27T17:08:06.714Z');
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
	revision INTEGER NOT NULL, seen_as VARCHAR(160), 
	UNIQUE (station, defect_id), 
	FOREIGN KEY(station, coil_id) REFERENCES "coils" (station, coil_id), 
	FOREIGN KEY(station) REFERENCES stations (number)
);
INSERT INTO "defects" VALUES(1,1,'DEFECTS-1-000001','DEFECTS-1','bright','',1,1.0,1.0,'top','cam',217.0,47.75,1.0,1.0,1.0,0.0,4.3137254901960783715e-02,0,868,4,268,4,1,NULL);
INSERT INTO "defects" VALUES(1,2,'DEFECTS-1-000002','DEFECTS-1','bright','',1,1.0,1.0,'top','cam',237.0,56.75,1.0,1.0,1.0,0.0,1.28999269539810168527e-01,0,948,4,304,4,1,NULL);
INSERT INTO "defects" VALUES(1,3,'auto-20261127T170805412Z-000001','auto-20261127T170805412Z','bright','',2,1.0,1.0,'top','cam',17.0,56.0,3.0,1.0,3.0,0.0,5.20673352004094938672e-02,0,68,12,300,4,1,NULL);
INSERT INTO "defects" VALUES(1,4,'auto-20261127T170805412Z-000002','auto-20261127T170805412Z','bright','',1,1.0,1.0,'top','cam',19.0,62.0,1.0,1.0,1.0,0.0,-3.87382401770882192626e-03,0,76,4,324,4,1,NULL);
INSERT INTO "defects" VALUES(1,5,'auto-20261127T170805412Z-000003','auto-20261127T170805412Z','bright','',1,1.0,1.0,'top','cam',0.0,57.0,1.0,1.0,1.0,0.0,0.0874897792313981,0,0,4,304,4,1,NULL);
INSERT INTO "defects" VALUES(1,6,'DEFECTS-2-000001','DEFECTS-2','bright','',1,1.0,1.0,'top','cam',18.0,60.25,1.0,1.0,1.0,0.0,6.63181966677557077627e-02,0,72,4,316,4,1,NULL);
INSERT INTO "defects" VALUES(1,7,'DEFECTS-2-000002','DEFECTS-2','bright','',1,1.0,1.0,'top','cam',88.0,64.25,1.0,1.0,1.0,0.0,-4.13853191025915362333e-03,0,352,4,332,4,1,NULL);
INSERT INTO "defects" VALUES(1,8,'DEFECTS-2-000003','DEFECTS-2','bright','',2,1.0,1.0,'top','cam',106.0,56.25,3.0,1.0,2.0,0.0,2.76434631876653173765e-02,0,424,12,300,4,1,NULL);
INSERT INTO "defects" VALUES(1,9,'DEFECTS-2-000004','DEFECTS-2','bright','',2,1.0,1.0,'top','cam',117.0,50.25,2.0,1.0,2.0,0.0,2.51450676982591866948e-02,0,468,8,276,4,1,NULL);
INSERT INTO "defects" VALUES(1,10,'DEFECTS-2-000005','DEFECTS-2','bright','',3,1.0,1.0,'top','cam',82.0,50.25,11.0,1.0,9.0,0.0,1.87428695604932894769e-02,0,328,44,276,4,1,NULL);
INSERT INTO "defects" VALUES(1,11,'DEFECTS-2-000006','DEFECTS-2','bright','',3,1.0,1.0,'top','cam',89.0,56.25,7.0,2.0,4.0,-6.34019174590991,0.00270780339706257,0,356,28,300,8,1,NULL);
INSERT INTO "defects" VALUES(1,12,'DEFECTS-2-000007','DEFECTS-2','bright','',2,1.0,1.0,'top','cam',130.0,43.25,2.0,1.0,2.0,0.0,0.0617937004087521,0,520,8,248,4,1,NULL);
INSERT INTO "defects" VALUES(1,13,'DEFECTS-2-000008','DEFECTS-2','bright','',2,1.0,1.0,'top','cam',169.0,43.25,2.0,1.0,2.0,0.0,2.15106571063745956318e-02,0,676,8,248,4,1,NULL);
INSERT INTO "defects" VALUES(1,14,'DEFECTS-2-000009','DEFECTS-2','bright','',2,1.0,1.0,'top','cam',179.0,57.25,3.0,1.0,2.0,0.0,-5.58961413631446149552e-02,0,716,12,304,4,1,NULL);
INSERT INTO "defects" VALUES(1,15,'DEFECTS-2-000010','DEFECTS-2','bright','',1,1.0,1.0,'top','cam',193.0,56.25,1.0,1.0,1.0,0.0,5.36193029490620448607e-03,0,772,4,300,4,1,NULL);
INSERT INTO "defects" VALUES(1,16,'DEFECTS-3-000001','DEFECTS-3','bright','',3,1.0,1.0,'top','cam',171.0,49.75,6.0,1.0,4.0,0.0,-9.34579439252336378884e-03,0,684,24,280,4,1,NULL);
INSERT INTO "defects" VALUES(1,17,'DEFECTS-3-000002','DEFECTS-3','bright','',3,1.0,1.0,'top','cam',172.0,56.75,6.0,1.0,6.0,0.0,1.41544645420614373376e-01,0,688,24,308,4,1,NULL);
INSERT INTO "defects" VALUES(1,18,'DEFECTS-3-000003','DEFECTS-3','bright','',1,1.0,1.0,'top','cam',213.0,50.25,1.0,1.0,1.0,0.0,-1.88763542946497747676e-02,0,852,4,284,4,1,NULL);
INSERT INTO "defects" VALUES(1,19,'DEFECTS-3-000004','DEFECTS-3','bright','',3,1.0,1.0,'top','cam',246.0,59.75,8.0,1.0,5.0,0.0,4.51372088200731880203e-02,0,984,32,324,4,1,NULL);
INSERT INTO "defects" VALUES(1,20,'DEFECTS-3-000005','DEFECTS-3','bright','',1,1.0,1.0,'top','cam',313.0,50.25,1.0,1.0,1.0,0.0,3.591254106718030914e-02,0,1252,4,288,4,1,NULL);
INSERT INTO "defects" VALUES(1,21,'DEFECTS-3-000006','DEFECTS-3','bright','',1,1.0,1.0,'top','cam',329.0,56.0,1.0,1.0,1.0,0.0,1.70080142475512091637e-01,0,1316,4,312,4,1,NULL);
INSERT INTO "defects" VALUES(1,22,'DEFECTS-3-000007','DEFECTS-3','bright','',2,1.0,1.0,'top','cam',341.0,50.0,3.0,1.0,2.0,0.0,4.46269189575150965199e-02,0,1364,12,288,4,1,NULL);
INSERT INTO "defects" VALUES(1,23,'DEFECTS-3-000008','DEFECTS-3','bright','',2,1.0,1.0,'top','cam',409.0,52.5,2.0,1.0,2.0,0.0,-3.18862850557049964939e-02,0,1636,8,300,4,1,NULL);
INSERT INTO "defects" VALUES(1,24,'PIECE-1-000001','PIECE-1','bright','',3,1.0,1.0,'top','cam',71.0,49.75,6.0,1.0,4.0,0.0,-9.34579439252336378884e-03,0,284,24,280,4,1,'DEFECTS-3-000001');
INSERT INTO "defects" VALUES(1,25,'PIECE-1-000002','PIECE-1','bright','',3,1.0,1.0,'top','cam',72.0,56.75,6.0,1.0,6.0,0.0,1.41544645420614373376e-01,0,288,24,308,4,1,'DEFECTS-3-000002');
INSERT INTO "defects" VALUES(1,26,'PIECE-1-000003','PIECE-1','bright','',1,1.0,1.0,'top','cam',113.0,50.25,1.0,1.0,1.0,0.0,-1.88763542946497747676e-02,0,452,4,284,4,1,'DEFECTS-3-000003');
INSERT INTO "defects" VALUES(1,27,'PIECE-1-000004','PIECE-1','bright','',3,1.0,1.0,'top','cam',146.0,59.75,8.0,1.0,5.0,0.0,4.51372088200731880203e-02,0,584,32,324,4,1,'DEFECTS-3-000004');
INSERT INTO "defects" VALUES(1,28,'PIECE-1-000005','PIECE-1','bright','',1,1.0,1.0,'top','cam',213.0,50.25,1.0,1.0,1.0,0.0,3.591254106718030914e-02,0,852,4,288,4,1,'DEFECTS-3-000005');
INSERT INTO "defects" VALUES(1,29,'PIECE-1-000006','PIECE-1','bright','',1,1.0,1.0,'top','cam',229.0,56.0,1.0,1.0,1.0,0.0,1.70080142475512091637e-01,0,916,4,312,4,1,'DEFECTS-3-000006');
INSERT INTO "defects" VALUES(1,30,'PIECE-1-000007','PIECE-1','bright','',2,1.0,1.0,'top','cam',241.0,50.0,3.0,1.0,2.0,0.0,4.46269189575150965199e-02,0,964,12,288,4,1,'DEFECTS-3-000007');
INSERT INTO "defects" VALUES(1,31,'MARKS-1-000001','MARKS-1','marking','',0,1.0,1.0,'top','cam',217.0,47.75,1.0,1.0,1.0,0.0,4.3137254901960783715e-02,0,868,4,268,4,1,NULL);
INSERT INTO "defects" VALUES(1,32,'MARKS-1-000002','MARKS-1','marking','',0,1.0,1.0,'top','cam',237.0,56.75,4.0,1.0,2.0,0.0,1.08290023004174923437e-01,0,948,16,304,4,1,NULL);
INSERT INTO "defects" VALUES(1,33,'auto-20261127T170812436Z-000001','auto-20261127T170812436Z','marking','',0,1.0,1.0,'top','cam',1.0,56.0,3.0,1.0,3.0,0.0,4.87039788674261189815e-02,0,4,12,300,4,1,NULL);
INSERT INTO "defects" VALUES(1,34,'auto-20261127T170812436Z-000002','auto-20261127T170812436Z','marking','',0,1.0,1.0,'top','cam',3.0,62.0,1.0,1.0,1.0,0.0,-2.86675807054717667401e-03,0,12,4,324,4,1,NULL);
INSERT INTO "defects" VALUES(1,35,'LOST-1-000001','LOST-1','bright','',2,1.0,1.0,'top','cam',56.0,54.5,2.0,1.0,2.0,0.0,1.26987321392634244787e-01,0,224,8,320,4,1,NULL);
INSERT INTO "defects" VALUES(1,36,'LOST-1-000002','LOST-1','bright','',1,1.0,1.0,'top','cam',29.0,60.5,1.0,1.0,1.0,0.0,8.03340051828391188415e-02,0,116,4,344,4,1,NULL);
INSERT INTO "defects" VALUES(1,37,'LOST-1-000003','LOST-1','bright','',3,1.0,1.0,'top','cam',69.0,53.5,12.0,1.0,8.0,0.0,1.90810841079627757643e-02,0,276,48,316,4,1,NULL);
INSERT INTO "defects" VALUES(1,38,'LOST-1-000004','LOST-1','bright','',3,1.0,1.0,'top','cam',70.0,49.5,5.0,2.0,5.0,-1.43120261306107177112e+00,7.10718401844026154146e-02,0,280,20,300,8,1,NULL);
INSERT INTO "defects" VALUES(1,39,'LOST-1-000005','LOST-1','bright','',2,1.0,1.0,'top','cam',75.0,45.5,2.0,2.0,2.0,45.0,6.56370656370656307965e-02,0,300,8,284,8,1,NULL);
INSERT INTO "defects" VALUES(1,40,'KILLED-1-000001','KILLED-1','bright','',3,1.0,1.0,'top','cam',180.0,58.5,5.0,1.0,4.0,0.0,8.90581286913272318628e-02,1,720,20,340,4,1,NULL);
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
INSERT INTO "events" VALUES(1,1,'2026-11-27T17:07:56.898Z','station.started','','{"model": "bright", "provider": "cpu"}');
INSERT INTO "events" VALUES(1,2,'2026-11-27T17:07:57.121Z','coil.started','CLEAN-1','{"name": "CLEAN-1", "automatic": false}');
INSERT INTO "events" VALUES(1,3,'2026-11-27T17:07:58.649Z','coil.changed','CLEAN-1','{"status": "provisional", "finished_at": "2026-11-27T17:07:58.633Z"}');
INSERT INTO "events" VALUES(1,4,'2026-11-27T17:07:58.693Z','coil.final','CLEAN-1','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.32, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.32}');
INSERT INTO "events" VALUES(1,5,'2026-11-27T17:07:58.734Z','coil.started','CLEAN-1~2','{"name": "CLEAN-1", "automatic": false}');
INSERT INTO "events" VALUES(1,6,'2026-11-27T17:07:58.764Z','coil.started','auto-20261127T170758672Z','{"name": "auto-20261127T170758672Z", "automatic": true}');
INSERT INTO "events" VALUES(1,7,'2026-11-27T17:07:58.775Z','coil.final','auto-20261127T170758672Z','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.016, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.016}');
INSERT INTO "events" VALUES(1,8,'2026-11-27T17:07:59.930Z','coil.changed','CLEAN-1~2','{"status": "provisional", "finished_at": "2026-11-27T17:07:59.929Z"}');
INSERT INTO "events" VALUES(1,9,'2026-11-27T17:07:59.959Z','coil.final','CLEAN-1~2','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.304, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.304}');
INSERT INTO "events" VALUES(1,10,'2026-11-27T17:08:00.020Z','coil.started','auto-20261127T170759952Z','{"name": "auto-20261127T170759952Z", "automatic": true}');
INSERT INTO "events" VALUES(1,11,'2026-11-27T17:08:00.025Z','coil.final','auto-20261127T170759952Z','{"decision": "hold", "reasons": [{"code": "coil.interrupted", "args": {}}], "length_m": 0.032}');
INSERT INTO "events" VALUES(1,12,'2026-11-27T17:08:03.801Z','station.started','','{"model": "bright", "provider": "cpu"}');
INSERT INTO "events" VALUES(1,13,'2026-11-27T17:08:04.051Z','coil.started','DEFECTS-1','{"name": "DEFECTS-1", "automatic": false}');
INSERT INTO "events" VALUES(1,14,'2026-11-27T17:08:05.359Z','defect.found','DEFECTS-1','{"defect_id": "DEFECTS-1-000001", "class": "bright", "severity": 1, "side": "top", "along_mm": 217.0}');
INSERT INTO "events" VALUES(1,15,'2026-11-27T17:08:05.401Z','coil.changed','DEFECTS-1','{"status": "provisional", "finished_at": "2026-11-27T17:08:05.395Z"}');
INSERT INTO "events" VALUES(1,16,'2026-11-27T17:08:05.426Z','defect.found','DEFECTS-1','{"defect_id": "DEFECTS-1-000002", "class": "bright", "severity": 1, "side": "top", "along_mm": 237.0}');
INSERT INTO "events" VALUES(1,17,'2026-11-27T17:08:05.441Z','coil.final','DEFECTS-1','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.24, "defects": 2, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.24}');
INSERT INTO "events" VALUES(1,18,'2026-11-27T17:08:05.531Z','coil.decided','DEFECTS-1','{"decision": "accept", "instead_of": "accept", "operator": "Kim", "note": "the customer agrees"}');
INSERT INTO "events" VALUES(1,19,'2026-11-27T17:08:05.544Z','coil.started','DEFECTS-2','{"name": "DEFECTS-2", "automatic": false}');
INSERT INTO "events" VALUES(1,20,'2026-11-27T17:08:05.556Z','coil.started','auto-20261127T170805412Z','{"name": "auto-20261127T170805412Z", "automatic": true}');
INSERT INTO "events" VALUES(1,21,'2026-11-27T17:08:05.558Z','defect.found','auto-20261127T170805412Z','{"defect_id": "auto-20261127T170805412Z-000001", "class": "bright", "severity": 2, "side": "top", "along_mm": 17.0}');
INSERT INTO "events" VALUES(1,22,'2026-11-27T17:08:05.558Z','defect.found','auto-20261127T170805412Z','{"defect_id": "auto-20261127T170805412Z-000002", "class": "bright", "severity": 1, "side": "top", "along_mm": 19.0}');
INSERT INTO "events" VALUES(1,23,'2026-11-27T17:08:05.558Z','defect.found','auto-20261127T170805412Z','{"defect_id": "auto-20261127T170805412Z-000003", "class": "bright", "severity": 1, "side": "top", "along_mm": 0.0}');
INSERT INTO "events" VALUES(1,24,'2026-11-27T17:08:05.610Z','coil.final','auto-20261127T170805412Z','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.048, "defects": 3, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.048}');
INSERT INTO "events" VALUES(1,25,'2026-11-27T17:08:05.736Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000001", "class": "bright", "severity": 1, "side": "top", "along_mm": 18.0}');
INSERT INTO "events" VALUES(1,26,'2026-11-27T17:08:05.997Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000002", "class": "bright", "severity": 1, "side": "top", "along_mm": 88.0}');
INSERT INTO "events" VALUES(1,27,'2026-11-27T17:08:06.126Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000003", "class": "bright", "severity": 2, "side": "top", "along_mm": 106.0}');
INSERT INTO "events" VALUES(1,28,'2026-11-27T17:08:06.126Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000004", "class": "bright", "severity": 2, "side": "top", "along_mm": 117.0}');
INSERT INTO "events" VALUES(1,29,'2026-11-27T17:08:06.126Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000005", "class": "bright", "severity": 3, "side": "top", "along_mm": 82.0}');
INSERT INTO "events" VALUES(1,30,'2026-11-27T17:08:06.126Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000006", "class": "bright", "severity": 3, "side": "top", "along_mm": 89.0}');
INSERT INTO "events" VALUES(1,31,'2026-11-27T17:08:06.247Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000007", "class": "bright", "severity": 2, "side": "top", "along_mm": 130.0}');
INSERT INTO "events" VALUES(1,32,'2026-11-27T17:08:06.376Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000008", "class": "bright", "severity": 2, "side": "top", "along_mm": 169.0}');
INSERT INTO "events" VALUES(1,33,'2026-11-27T17:08:06.376Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000009", "class": "bright", "severity": 2, "side": "top", "along_mm": 179.0}');
INSERT INTO "events" VALUES(1,34,'2026-11-27T17:08:06.507Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000010", "class": "bright", "severity": 1, "side": "top", "along_mm": 193.0}');
INSERT INTO "events" VALUES(1,35,'2026-11-27T17:08:06.572Z','coil.changed','DEFECTS-2','{"status": "provisional", "finished_at": "2026-11-27T17:08:06.570Z"}');
INSERT INTO "events" VALUES(1,36,'2026-11-27T17:08:06.636Z','coil.final','DEFECTS-2','{"decision": "scrap", "reasons": [{"code": "coil.rule_area", "args": {"rule": "too many", "then": "scrap", "area_mm2": 26.0, "limit_mm2": 20.0}}, {"code": "coil.rule_count", "args": {"rule": "in the usable width", "then": "downgrade", "defects": 8.0, "limit": 1.0, "in_any_m": 0.1, "from_m": 0.09}}], "length_m": 0.256}');
INSERT INTO "events" VALUES(1,37,'2026-11-27T17:08:06.716Z','coil.revised','DEFECTS-2','{"number": 2, "decision": "hold", "reasons": [{"code": "coil.severe_defects", "args": {"defects": 2, "severity": 3}}], "instead_of": "scrap", "recipe": "default", "operator": "Lee", "note": "another order"}');
INSERT INTO "events" VALUES(1,38,'2026-11-27T17:08:06.728Z','coil.started','DEFECTS-3','{"name": "DEFECTS-3", "automatic": false}');
INSERT INTO "events" VALUES(1,39,'2026-11-27T17:08:06.758Z','coil.started','auto-20261127T170806626Z','{"name": "auto-20261127T170806626Z", "automatic": true}');
INSERT INTO "events" VALUES(1,40,'2026-11-27T17:08:06.762Z','coil.final','auto-20261127T170806626Z','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.032, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.032}');
INSERT INTO "events" VALUES(1,41,'2026-11-27T17:08:07.528Z','defect.found','DEFECTS-3','{"defect_id": "DEFECTS-3-000001", "class": "bright", "severity": 3, "side": "top", "along_mm": 171.0}');
INSERT INTO "events" VALUES(1,42,'2026-11-27T17:08:07.528Z','defect.found','DEFECTS-3','{"defect_id": "DEFECTS-3-000002", "class": "bright", "severity": 3, "side": "top", "along_mm": 172.0}');
INSERT INTO "events" VALUES(1,43,'2026-11-27T17:08:07.655Z','defect.found','DEFECTS-3','{"defect_id": "DEFECTS-3-000003", "class": "bright", "severity": 1, "side": "top", "along_mm": 213.0}');
INSERT INTO "events" VALUES(1,44,'2026-11-27T17:08:07.911Z','defect.found','DEFECTS-3','{"defect_id": "DEFECTS-3-000004", "class": "bright", "severity": 3, "side": "top", "along_mm": 246.0}');
INSERT INTO "events" VALUES(1,45,'2026-11-27T17:08:08.038Z','defect.found','DEFECTS-3','{"defect_id": "DEFECTS-3-000005", "class": "bright", "severity": 1, "side": "top", "along_mm": 313.0}');
INSERT INTO "events" VALUES(1,46,'2026-11-27T17:08:08.173Z','defect.found','DEFECTS-3','{"defect_id": "DEFECTS-3-000006", "class": "bright", "severity": 1, "side": "top", "along_mm": 329.0}');
INSERT INTO "events" VALUES(1,47,'2026-11-27T17:08:08.173Z','defect.found','DEFECTS-3','{"defect_id": "DEFECTS-3-000007", "class": "bright", "severity": 2, "side": "top", "along_mm": 341.0}');
INSERT INTO "events" VALUES(1,48,'2026-11-27T17:08:08.426Z','defect.found','DEFECTS-3','{"defect_id": "DEFECTS-3-000008", "class": "bright", "severity": 2, "side": "top", "along_mm": 409.0}');
INSERT INTO "events" VALUES(1,49,'2026-11-27T17:08:08.444Z','coil.changed','DEFECTS-3','{"status": "provisional", "finished_at": "2026-11-27T17:08:08.442Z"}');
INSERT INTO "events" VALUES(1,50,'2026-11-27T17:08:08.494Z','coil.final','DEFECTS-3','{"decision": "scrap", "reasons": [{"code": "coil.rule_area", "args": {"rule": "too many", "then": "scrap", "area_mm2": 22.0, "limit_mm2": 20.0}}, {"code": "coil.rule_count", "args": {"rule": "in the usable width", "then": "downgrade", "defects": 4.0, "limit": 1.0, "in_any_m": 0.1, "from_m": 0.18}}], "length_m": 0.432}');
INSERT INTO "events" VALUES(1,51,'2026-11-27T17:08:08.524Z','coil.derived','PIECE-1','{"name": "PIECE-1", "coils": "DEFECTS-3", "length_m": 0.3}');
INSERT INTO "events" VALUES(1,52,'2026-11-27T17:08:08.529Z','coil.final','PIECE-1','{"decision": "hold", "reasons": [{"code": "coil.severe_defects", "args": {"defects": 3, "severity": 3}}, {"code": "coil.derived", "args": {"coils": "DEFECTS-3"}}], "length_m": 0.3}');
INSERT INTO "events" VALUES(1,53,'2026-11-27T17:08:08.553Z','coil.started','auto-20261127T170808482Z','{"name": "auto-20261127T170808482Z", "automatic": true}');
INSERT INTO "events" VALUES(1,54,'2026-11-27T17:08:08.557Z','coil.final','auto-20261127T170808482Z','{"decision": "hold", "reasons": [{"code": "coil.interrupted", "args": {}}], "length_m": 0.032}');
INSERT INTO "events" VALUES(1,55,'2026-11-27T17:08:10.987Z','station.started','','{"model": "bright", "provider": "cpu"}');
INSERT INTO "events" VALUES(1,56,'2026-11-27T17:08:11.143Z','coil.started','MARKS-1','{"name": "MARKS-1", "automatic": false}');
INSERT INTO "events" VALUES(1,57,'2026-11-27T17:08:12.388Z','coil.changed','MARKS-1','{"status": "provisional", "finished_at": "2026-11-27T17:08:12.385Z"}');
INSERT INTO "events" VALUES(1,58,'2026-11-27T17:08:12.452Z','coil.final','MARKS-1','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.256, "defects": 0, "severity": 3}}, {"code": "coil.marks", "args": {"marks": 2, "classes": "marking"}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.256}');
INSERT INTO "events" VALUES(1,59,'2026-11-27T17:08:12.506Z','coil.started','auto-20261127T170812436Z','{"name": "auto-20261127T170812436Z", "automatic": true}');
INSERT INTO "events" VALUES(1,60,'2026-11-27T17:08:12.513Z','coil.final','auto-20261127T170812436Z','{"decision": "hold", "reasons": [{"code": "coil.interrupted", "args": {}}], "length_m": 0.032}');
INSERT INTO "events" VALUES(1,61,'2026-11-27T17:08:16.510Z','station.started','','{"model": "bright", "provider": "cpu"}');
INSERT INTO "events" VALUES(1,62,'2026-11-27T17:08:16.771Z','coil.started','LOST-1','{"name": "LOST-1", "automatic": false}');
INSERT INTO "events" VALUES(1,63,'2026-11-27T17:08:17.311Z','defect.found','LOST-1','{"defect_id": "LOST-1-000001", "class": "bright", "severity": 2, "side": "top", "along_mm": 56.0}');
INSERT INTO "events" VALUES(1,64,'2026-11-27T17:08:17.311Z','defect.found','LOST-1','{"defect_id": "LOST-1-000002", "class": "bright", "severity": 1, "side": "top", "along_mm": 29.0}');
INSERT INTO "events" VALUES(1,65,'2026-11-27T17:08:17.374Z','defect.found','LOST-1','{"defect_id": "LOST-1-000003", "class": "bright", "severity": 3, "side": "top", "along_mm": 69.0}');
INSERT INTO "events" VALUES(1,66,'2026-11-27T17:08:17.374Z','defect.found','LOST-1','{"defect_id": "LOST-1-000004", "class": "bright", "severity": 3, "side": "top", "along_mm": 70.0}');
INSERT INTO "events" VALUES(1,67,'2026-11-27T17:08:17.374Z','defect.found','LOST-1','{"defect_id": "LOST-1-000005", "class": "bright", "severity": 2, "side": "top", "along_mm": 75.0}');
INSERT INTO "events" VALUES(1,68,'2026-11-27T17:08:18.009Z','coverage.lost','LOST-1','{"camera": "cam", "first_line": 384, "along_mm": 96.0, "reason": {"code": "line.frame_dropped", "args": {}}}');
INSERT INTO "events" VALUES(1,69,'2026-11-27T17:08:18.017Z','coverage.lost','LOST-1','{"camera": "cam", "first_line": 640, "along_mm": 160.0, "reason": {"code": "line.frame_dropped", "args": {}}}');
INSERT INTO "events" VALUES(1,70,'2026-11-27T17:08:18.086Z','coil.changed','LOST-1','{"status": "provisional", "finished_at": "2026-11-27T17:08:18.083Z"}');
INSERT INTO "events" VALUES(1,71,'2026-11-27T17:08:18.198Z','coverage.lost','LOST-1','{"camera": "cam", "first_line": 1024, "along_mm": 256.0, "reason": {"code": "line.frame_dropped", "args": {}}}');
INSERT INTO "events" VALUES(1,72,'2026-11-27T17:08:18.208Z','coil.final','LOST-1','{"decision": "hold", "reasons": [{"code": "coil.not_inspected", "args": {"uninspected_m": 0.128, "limit_m": 0.1}}, {"code": "coil.rule_count", "args": {"rule": "in the usable width", "then": "downgrade", "defects": 5.0, "limit": 1.0, "in_any_m": 0.1, "from_m": 0.03}}], "length_m": 0.288}');
INSERT INTO "events" VALUES(1,73,'2026-11-27T17:08:18.235Z','coil.started','KILLED-1','{"name": "KILLED-1", "automatic": false}');
INSERT INTO "events" VALUES(1,74,'2026-11-27T17:08:18.266Z','coil.started','auto-20261127T170818196Z','{"name": "auto-20261127T170818196Z", "automatic": true}');
INSERT INTO "events" VALUES(1,75,'2026-11-27T17:08:18.271Z','coil.final','auto-20261127T170818196Z','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.016, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.016}');
INSERT INTO "events" VALUES(1,76,'2026-11-27T17:08:18.779Z','coverage.lost','KILLED-1','{"camera": "cam", "first_line": 128, "along_mm": 32.0, "reason": {"code": "line.frame_dropped", "args": {}}}');
INSERT INTO "events" VALUES(1,77,'2026-11-27T17:08:18.785Z','coverage.lost','KILLED-1','{"camera": "cam", "first_line": 320, "along_mm": 80.0, "reason": {"code": "line.frame_dropped", "args": {}}}');
INSERT INTO "events" VALUES(1,78,'2026-11-27T17:08:19.098Z','coverage.lost','KILLED-1','{"camera": "cam", "first_line": 640, "along_mm": 160.0, "reason": {"code": "line.frame_dropped", "args": {}}}');
INSERT INTO "events" VALUES(1,79,'2026-11-27T17:08:19.101Z','defect.found','KILLED-1','{"defect_id": "KILLED-1-000001", "class": "bright", "severity": 3, "side": "top", "along_mm": 180.0}');
INSERT INTO "events" VALUES(1,80,'2026-11-27T17:08:21.872Z','coverage.lost','KILLED-1','{"camera": "cam", "first_line": 832, "along_mm": 208.0, "reason": {"code": "station.interrupted", "args": {"lines": 1, "away_s": 2.8, "lines_hz": 0.0}}}');
INSERT INTO "events" VALUES(1,81,'2026-11-27T17:08:21.926Z','coil.final','KILLED-1','{"decision": "hold", "reasons": [{"code": "coil.interrupted", "args": {}}, {"code": "coil.severe_defects", "args": {"defects": 1, "severity": 3}}], "length_m": 0.20825}');
INSERT INTO "events" VALUES(1,82,'2026-11-27T17:08:22.440Z','station.started','','{"model": "bright", "provider": "cpu"}');
INSERT INTO "events" VALUES(1,83,'2026-11-27T17:08:23.056Z','coil.started','auto-20261127T170822921Z','{"name": "auto-20261127T170822921Z", "automatic": true}');
INSERT INTO "events" VALUES(1,84,'2026-11-27T17:08:23.185Z','coil.started','RUNNING-1','{"name": "RUNNING-1", "automatic": false}');
INSERT INTO "events" VALUES(1,85,'2026-11-27T17:08:23.187Z','coil.changed','auto-20261127T170822921Z','{"status": "provisional", "finished_at": "2026-11-27T17:08:23.186Z"}');
INSERT INTO "events" VALUES(1,86,'2026-11-27T17:08:23.248Z','coil.final','auto-20261127T170822921Z','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.08, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.08}');
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
INSERT INTO "intervals" VALUES(1,'auto-20261127T170758672Z','cam',0,64,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'CLEAN-1~2','cam',0,1216,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'auto-20261127T170759952Z','cam',0,128,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'DEFECTS-1','cam',0,960,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'auto-20261127T170805412Z','cam',0,192,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'DEFECTS-2','cam',0,1024,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'auto-20261127T170806626Z','cam',0,128,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'DEFECTS-3','cam',0,1728,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'PIECE-1','cam',0,1200,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'auto-20261127T170808482Z','cam',0,128,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'MARKS-1','cam',0,1024,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'auto-20261127T170812436Z','cam',0,128,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'LOST-1','cam',0,384,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'LOST-1','cam',384,128,'lost','','line.frame_dropped','{}');
INSERT INTO "intervals" VALUES(1,'LOST-1','cam',512,128,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'LOST-1','cam',640,256,'lost','','line.frame_dropped','{}');
INSERT INTO "intervals" VALUES(1,'LOST-1','cam',896,128,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'LOST-1','cam',1024,128,'lost','','line.frame_dropped','{}');
INSERT INTO "intervals" VALUES(1,'auto-20261127T170818196Z','cam',0,64,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'KILLED-1','cam',0,128,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'KILLED-1','cam',128,128,'lost','','line.frame_dropped','{}');
INSERT INTO "intervals" VALUES(1,'KILLED-1','cam',256,64,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'KILLED-1','cam',320,64,'lost','','line.frame_dropped','{}');
INSERT INTO "intervals" VALUES(1,'KILLED-1','cam',384,256,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'KILLED-1','cam',640,64,'lost','','line.frame_dropped','{}');
INSERT INTO "intervals" VALUES(1,'KILLED-1','cam',704,128,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'KILLED-1','cam',832,1,'lost','','station.interrupted','{"lines": 1, "away_s": 2.8, "lines_hz": 0.0}');
INSERT INTO "intervals" VALUES(1,'auto-20261127T170822921Z','cam',0,320,'inspected','','','null');
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
CREATE TABLE model_classes (
	sha256 VARCHAR(64) NOT NULL, 
	classes JSON NOT NULL, 
	PRIMARY KEY (sha256)
);
INSERT INTO "model_classes" VALUES('2dad630efa0f637df145612cb2433fc2b3ad849711005d520af23e58b5444d3d','["bright", "marking"]');
INSERT INTO "model_classes" VALUES('9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','["bright", "marking"]');
INSERT INTO "model_classes" VALUES('2b8ab9f6376dd048691ab50c3b9d35de0013e90afc6a56fe959059d13908be2a','["bright", "marking"]');
CREATE TABLE models (
	station INTEGER NOT NULL, 
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at VARCHAR(32) NOT NULL, 
	file VARCHAR(255) NOT NULL, 
	name VARCHAR(128) NOT NULL, 
	version VARCHAR(128) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	station_sha256 VARCHAR(64) NOT NULL, 
	why VARCHAR(16) NOT NULL, 
	FOREIGN KEY(station) REFERENCES stations (number)
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
CREATE TABLE origins (
	station INTEGER NOT NULL, 
	piece_id VARCHAR(128) NOT NULL, 
	place INTEGER NOT NULL, 
	coil_id VARCHAR(128), 
	from_m FLOAT NOT NULL, 
	to_m FLOAT NOT NULL, 
	head_to_tail BOOLEAN NOT NULL, 
	turned_over BOOLEAN NOT NULL, 
	sides_exchanged BOOLEAN NOT NULL, 
	trimmed_operator_mm FLOAT NOT NULL, 
	trimmed_drive_mm FLOAT NOT NULL, 
	first_line BIGINT NOT NULL, 
	lines BIGINT NOT NULL, 
	width_mm FLOAT, 
	PRIMARY KEY (station, piece_id, place), 
	FOREIGN KEY(station, piece_id) REFERENCES coils (station, coil_id), 
	FOREIGN KEY(station, coil_id) REFERENCES coils (station, coil_id), 
	FOREIGN KEY(station) REFERENCES stations (number)
);
INSERT INTO "origins" VALUES(1,'PIECE-1',0,'DEFECTS-3',0.1,0.4,0,0,0,0.0,0.0,0,1200,96.0);
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
INSERT INTO "overrides" VALUES(1,1,'DEFECTS-1','accept','Kim','the customer agrees','2026-11-27T17:08:05.529Z');
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
INSERT INTO "recipes" VALUES('a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','{"name": "default", "classes": {"bright": {"threshold": null, "min_area_mm2": 1.0, "ignore": false, "as_defect": false, "severity": null}}, "severity": {"area_mm2": [1.5, 3.5, 50.0], "long_mm": 1000.0, "wide_mm": null, "contrast": null, "edge_mm": null, "edge": 1, "at_least": 1, "at_most": null}, "hold_from_severity": 3, "hold_above_defects_per_100m": 100000.0, "hold_above_uninspected_m": 0.1, "hold_for_periodic": true, "bridge_mm": 8.0, "edge_margin_mm": 2.0, "strip_width_mm": 96.0, "screen": [], "products": [], "zones": {}, "rules": [], "crop_head_m": 0.0, "crop_tail_m": 0.0}');
INSERT INTO "recipes" VALUES('9a5d66f4c1aa6064db95649d1613bbed808adb8170db22aba60bd04537fa92a5','{"name": "panel", "classes": {"bright": {"threshold": null, "min_area_mm2": 1.0, "ignore": false, "as_defect": false, "severity": null}}, "severity": {"area_mm2": [1.5, 3.5, 50.0], "long_mm": 1000.0, "wide_mm": null, "contrast": null, "edge_mm": null, "edge": 1, "at_least": 1, "at_most": null}, "hold_from_severity": 6, "hold_above_defects_per_100m": 100000.0, "hold_above_uninspected_m": 0.1, "hold_for_periodic": true, "bridge_mm": 8.0, "edge_margin_mm": 2.0, "strip_width_mm": 96.0, "screen": [], "products": ["DC04", "DX5*"], "zones": {"usable": {"head_m": null, "tail_m": null, "edge_mm": null, "operator_edge_mm": null, "drive_edge_mm": null, "middle_mm": 60.0, "side": null}}, "rules": [{"name": "in the usable width", "then": "downgrade", "classes": [], "severity_from": 1, "min_area_mm2": 0.0, "min_length_mm": 0.0, "min_width_mm": 0.0, "sides": [], "zone": "usable", "outside": [], "more_than": 1.0, "of": "defects", "in_any_m": 0.1, "per_m": null}, {"name": "too many", "then": "scrap", "classes": [], "severity_from": 1, "min_area_mm2": 0.0, "min_length_mm": 0.0, "min_width_mm": 0.0, "sides": [], "zone": null, "outside": [], "more_than": 20.0, "of": "area_mm2", "in_any_m": null, "per_m": null}], "crop_head_m": 0.0, "crop_tail_m": 0.0}');
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
CREATE TABLE shadows (
	station INTEGER NOT NULL, 
	coil_id VARCHAR(128) NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	exposed_lines BIGINT NOT NULL, 
	seen_lines BIGINT NOT NULL, 
	first JSON NOT NULL, 
	second JSON NOT NULL, 
	PRIMARY KEY (station, coil_id), 
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
INSERT INTO "stations" VALUES(1,'test','','','10db3d32-2a3a-44cf-8c25-d06318418a6c','{"cam": "top"}');
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
CREATE INDEX origins_of_coil ON origins (station, coil_id);
CREATE INDEX models_of_station ON models (station, number);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('coils',18);
INSERT INTO "sqlite_sequence" VALUES('defects',40);
INSERT INTO "sqlite_sequence" VALUES('reviews',0);
INSERT INTO "sqlite_sequence" VALUES('optics',0);
INSERT INTO "sqlite_sequence" VALUES('overrides',1);
INSERT INTO "sqlite_sequence" VALUES('decisions',1);
COMMIT;
