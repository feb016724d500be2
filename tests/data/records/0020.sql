BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0020');
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
	pass_number INTEGER DEFAULT '1' NOT NULL, counted JSON, customer VARCHAR(128) DEFAULT '' NOT NULL, 
	UNIQUE (station, coil_id), 
	FOREIGN KEY(station) REFERENCES stations (number)
);
INSERT INTO "coils" VALUES(1,1,'CLEAN-1','CLEAN-1','final',0,0,'H290','S235','2026-11-27T21:36:20.237Z','2026-11-27T21:36:21.709Z','2026-11-27T21:36:21.769Z',0.25,96.125,1.10708747759157631661e+03,'bright 1','2dad630efa0f637df145612cb2433fc2b3ad849711005d520af23e58b5444d3d','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','accept','[{"code": "coil.sound", "args": {"length_m": 0.32, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',16,96.0,1,'{"lines": {"inspected": 1280, "degraded": 0, "lost": 0}, "by_class": {}, "by_severity": {}, "marks": {}, "scores": {}}','');
INSERT INTO "coils" VALUES(1,2,'auto-20261127T213621760Z','auto-20261127T213621760Z','final',1,0,'','','2026-11-27T21:36:21.760Z','2026-11-27T21:36:21.849Z','2026-11-27T21:36:21.895Z',0.25,96.0,0.0,'bright 1','2dad630efa0f637df145612cb2433fc2b3ad849711005d520af23e58b5444d3d','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','accept','[{"code": "coil.sound", "args": {"length_m": 0.032, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',7,96.0,1,'{"lines": {"inspected": 128, "degraded": 0, "lost": 0}, "by_class": {}, "by_severity": {}, "marks": {}, "scores": {}}','');
INSERT INTO "coils" VALUES(1,3,'CLEAN-1~2','CLEAN-1','final',0,0,'H290','S235','2026-11-27T21:36:21.846Z','2026-11-27T21:36:22.970Z','2026-11-27T21:36:22.986Z',0.25,96.125,1.00038344108436717762e+03,'bright 1','2dad630efa0f637df145612cb2433fc2b3ad849711005d520af23e58b5444d3d','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','accept','[{"code": "coil.sound", "args": {"length_m": 0.272, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',15,96.0,2,'{"lines": {"inspected": 1088, "degraded": 0, "lost": 0}, "by_class": {}, "by_severity": {}, "marks": {}, "scores": {}}','');
INSERT INTO "coils" VALUES(1,4,'auto-20261127T213622976Z','auto-20261127T213622976Z','final',1,1,'','','2026-11-27T21:36:22.976Z','2026-11-27T21:36:23.113Z','2026-11-27T21:36:23.113Z',0.25,96.25,0.0,'bright 1','2dad630efa0f637df145612cb2433fc2b3ad849711005d520af23e58b5444d3d','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','hold','[{"code": "coil.interrupted", "args": {}}]',7,96.0,1,'{"lines": {"inspected": 192, "degraded": 0, "lost": 0}, "by_class": {}, "by_severity": {}, "marks": {}, "scores": {}}','');
INSERT INTO "coils" VALUES(1,5,'DEFECTS-1','DEFECTS-1','final',0,0,'','','2026-11-27T21:36:25.833Z','2026-11-27T21:36:27.013Z','2026-11-27T21:36:27.064Z',0.25,96.0,1.14741504558665428708e+03,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','accept','[{"code": "coil.sound", "args": {"length_m": 0.24, "defects": 2, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',15,97.0,1,'{"lines": {"inspected": 960, "degraded": 0, "lost": 0}, "by_class": {"bright": 2}, "by_severity": {"1": 2}, "marks": {}, "scores": {"bright": 1.0}}','');
INSERT INTO "coils" VALUES(1,6,'auto-20261127T213627055Z','auto-20261127T213627055Z','final',1,0,'','','2026-11-27T21:36:27.055Z','2026-11-27T21:36:27.102Z','2026-11-27T21:36:27.129Z',0.25,96.25,0.0,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','accept','[{"code": "coil.sound", "args": {"length_m": 0.016, "defects": 1, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',7,96.0,1,'{"lines": {"inspected": 64, "degraded": 0, "lost": 0}, "by_class": {"bright": 1}, "by_severity": {"1": 1}, "marks": {}, "scores": {"bright": 1.0}}','');
INSERT INTO "coils" VALUES(1,7,'DEFECTS-2','DEFECTS-2','final',0,0,'','DC04','2026-11-27T21:36:27.100Z','2026-11-27T21:36:28.097Z','2026-11-27T21:36:28.157Z',0.25,96.125,1.00050459433391336009e+03,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','panel','9a5d66f4c1aa6064db95649d1613bbed808adb8170db22aba60bd04537fa92a5','scrap','[{"code": "coil.rule_area", "args": {"rule": "too many", "then": "scrap", "area_mm2": 30.0, "limit_mm2": 20.0}}, {"code": "coil.rule_count", "args": {"rule": "in the usable width", "then": "downgrade", "defects": 8.0, "limit": 1.0, "in_any_m": 0.1, "from_m": 0.12}}]',15,96.0,1,'{"lines": {"inspected": 1024, "degraded": 0, "lost": 0}, "by_class": {"bright": 12}, "by_severity": {"1": 4, "2": 6, "3": 2}, "marks": {}, "scores": {"bright": 1.0}}','');
INSERT INTO "coils" VALUES(1,8,'auto-20261127T213628143Z','auto-20261127T213628143Z','final',1,0,'','','2026-11-27T21:36:28.143Z','2026-11-27T21:36:28.199Z','2026-11-27T21:36:28.223Z',0.25,96.0,0.0,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','accept','[{"code": "coil.sound", "args": {"length_m": 0.016, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',7,96.0,1,'{"lines": {"inspected": 64, "degraded": 0, "lost": 0}, "by_class": {}, "by_severity": {}, "marks": {}, "scores": {}}','');
INSERT INTO "coils" VALUES(1,9,'DEFECTS-3','DEFECTS-3','final',0,0,'','DX51D','2026-11-27T21:36:28.195Z','2026-11-27T21:36:29.954Z','2026-11-27T21:36:30.020Z',0.25,96.125,1.00179935910939616405e+03,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','panel','9a5d66f4c1aa6064db95649d1613bbed808adb8170db22aba60bd04537fa92a5','downgrade','[{"code": "coil.rule_count", "args": {"rule": "in the usable width", "then": "downgrade", "defects": 4.0, "limit": 1.0, "in_any_m": 0.1, "from_m": 0.23}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',20,96.0,1,'{"lines": {"inspected": 1792, "degraded": 0, "lost": 0}, "by_class": {"bright": 7}, "by_severity": {"1": 3, "2": 1, "3": 3}, "marks": {}, "scores": {"bright": 1.0}}','');
INSERT INTO "coils" VALUES(1,10,'auto-20261127T213629999Z','auto-20261127T213629999Z','final',1,1,'','','2026-11-27T21:36:29.999Z','2026-11-27T21:36:30.158Z','2026-11-27T21:36:30.156Z',0.25,96.0,0.0,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','hold','[{"code": "coil.interrupted", "args": {}}]',7,96.0,1,'{"lines": {"inspected": 192, "degraded": 0, "lost": 0}, "by_class": {"bright": 1}, "by_severity": {"2": 1}, "marks": {}, "scores": {"bright": 1.0}}','');
INSERT INTO "coils" VALUES(1,11,'PIECE-1','PIECE-1','final',0,0,'','DX51D','2026-11-27T21:36:30.075Z','2026-11-27T21:36:30.075Z','2026-11-27T21:36:30.086Z',0.25,96.0,0.0,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','panel','9a5d66f4c1aa6064db95649d1613bbed808adb8170db22aba60bd04537fa92a5','downgrade','[{"code": "coil.rule_count", "args": {"rule": "in the usable width", "then": "downgrade", "defects": 4.0, "limit": 1.0, "in_any_m": 0.1, "from_m": 0.12}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}, {"code": "coil.derived", "args": {"coils": "DEFECTS-3"}}]',3,96.0,1,'{"lines": {"inspected": 1200, "degraded": 0, "lost": 0}, "by_class": {"bright": 7}, "by_severity": {"1": 3, "2": 1, "3": 3}, "marks": {}, "scores": {"bright": 1.0}}','');
INSERT INTO "coils" VALUES(1,12,'MARKS-1','MARKS-1','final',0,0,'','','2026-11-27T21:36:34.233Z','2026-11-27T21:36:35.510Z','2026-11-27T21:36:35.592Z',0.25,96.125,1.13583574601333543794e+03,'bright 1','2b8ab9f6376dd048691ab50c3b9d35de0013e90afc6a56fe959059d13908be2a','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','accept','[{"code": "coil.sound", "args": {"length_m": 0.256, "defects": 0, "severity": 3}}, {"code": "coil.marks", "args": {"marks": 2, "classes": "marking"}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',14,96.0,1,'{"lines": {"inspected": 1024, "degraded": 0, "lost": 0}, "by_class": {}, "by_severity": {}, "marks": {"marking": 2}, "scores": {}}','');
INSERT INTO "coils" VALUES(1,13,'auto-20261127T213635575Z','auto-20261127T213635575Z','final',1,1,'','','2026-11-27T21:36:35.575Z','2026-11-27T21:36:35.722Z','2026-11-27T21:36:35.720Z',0.25,96.0,0.0,'bright 1','2b8ab9f6376dd048691ab50c3b9d35de0013e90afc6a56fe959059d13908be2a','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','hold','[{"code": "coil.interrupted", "args": {}}]',7,96.0,1,'{"lines": {"inspected": 192, "degraded": 0, "lost": 0}, "by_class": {}, "by_severity": {}, "marks": {"marking": 2}, "scores": {}}','');
INSERT INTO "coils" VALUES(1,14,'LOST-1','LOST-1','final',0,0,'','DC04','2026-11-27T21:36:38.425Z','2026-11-27T21:36:40.093Z','2026-11-27T21:36:40.337Z',0.25,96.0,1.0825580552680462461e+03,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','panel','9a5d66f4c1aa6064db95649d1613bbed808adb8170db22aba60bd04537fa92a5','hold','[{"code": "coil.not_inspected", "args": {"uninspected_m": 0.176, "limit_m": 0.1}}, {"code": "coil.rule_count", "args": {"rule": "in the usable width", "then": "downgrade", "defects": 5.0, "limit": 1.0, "in_any_m": 0.1, "from_m": 0.03}}]',25,96.0,1,'{"lines": {"inspected": 896, "degraded": 0, "lost": 704}, "by_class": {"bright": 5}, "by_severity": {"1": 1, "2": 2, "3": 2}, "marks": {}, "scores": {"bright": 1.0}}','');
INSERT INTO "coils" VALUES(1,15,'auto-20261127T213640325Z','auto-20261127T213640325Z','final',1,0,'','','2026-11-27T21:36:40.325Z','2026-11-27T21:36:40.380Z','2026-11-27T21:36:40.395Z',0.25,96.0,0.0,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','accept','[{"code": "coil.sound", "args": {"length_m": 0.016, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',7,96.0,1,'{"lines": {"inspected": 64, "degraded": 0, "lost": 0}, "by_class": {}, "by_severity": {}, "marks": {}, "scores": {}}','');
INSERT INTO "coils" VALUES(1,16,'KILLED-1','KILLED-1','final',0,1,'','','2026-11-27T21:36:40.377Z','2026-11-27T21:36:44.316Z','2026-11-27T21:36:41.302Z',0.25,96.0,1.05748153014634067403e+03,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','hold','[{"code": "coil.interrupted", "args": {}}, {"code": "coil.not_inspected", "args": {"uninspected_m": 0.8553, "limit_m": 0.1}}, {"code": "coil.severe_defects", "args": {"defects": 2, "severity": 3}}]',14,96.0,1,'{"lines": {"inspected": 704, "degraded": 0, "lost": 3421}, "by_class": {"bright": 4}, "by_severity": {"1": 1, "2": 1, "3": 2}, "marks": {}, "scores": {"bright": 1.0}}','');
INSERT INTO "coils" VALUES(1,17,'auto-20261127T213645805Z','auto-20261127T213645805Z','final',1,0,'','','2026-11-27T21:36:45.806Z','2026-11-27T21:36:46.148Z','2026-11-27T21:36:46.198Z',0.25,96.0,0.0,'bright 1','2dad630efa0f637df145612cb2433fc2b3ad849711005d520af23e58b5444d3d','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','accept','[{"code": "coil.sound", "args": {"length_m": 0.096, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',9,96.0,1,'{"lines": {"inspected": 384, "degraded": 0, "lost": 0}, "by_class": {}, "by_severity": {}, "marks": {}, "scores": {}}','');
INSERT INTO "coils" VALUES(1,18,'RUNNING-1','RUNNING-1','running',0,0,'','','2026-11-27T21:36:46.143Z',NULL,'2026-11-27T21:36:47.348Z',0.25,96.125,1.0006881129239391157e+03,'bright 1','2dad630efa0f637df145612cb2433fc2b3ad849711005d520af23e58b5444d3d','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf',NULL,NULL,11,96.0,1,NULL,'');
CREATE TABLE "counters" (
	station INTEGER NOT NULL, 
	name VARCHAR(32) NOT NULL, 
	value BIGINT NOT NULL, 
	PRIMARY KEY (station, name), 
	FOREIGN KEY(station) REFERENCES stations (number)
);
INSERT INTO "counters" VALUES(1,'events',112);
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
INSERT INTO "decisions" VALUES(1,1,'DEFECTS-2',2,'hold','[{"code": "coil.severe_defects", "args": {"defects": 2, "severity": 3}}]','default','a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','Lee','another order','2026-11-27T21:36:28.186Z');
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
INSERT INTO "defects" VALUES(1,3,'auto-20261127T213627055Z-000001','auto-20261127T213627055Z','bright','',1,1.0,1.0,'top','cam',0.0,57.0,1.0,1.0,1.0,0.0,0.0874897792313981,0,0,4,304,4,1,NULL);
INSERT INTO "defects" VALUES(1,4,'DEFECTS-2-000001','DEFECTS-2','bright','',2,1.0,1.0,'top','cam',1.0,56.0,3.0,1.0,3.0,0.0,4.87039788674261189815e-02,0,4,12,300,4,1,NULL);
INSERT INTO "defects" VALUES(1,5,'DEFECTS-2-000002','DEFECTS-2','bright','',1,1.0,1.0,'top','cam',3.0,62.0,1.0,1.0,1.0,0.0,-2.86675807054717667401e-03,0,12,4,324,4,1,NULL);
INSERT INTO "defects" VALUES(1,6,'DEFECTS-2-000003','DEFECTS-2','bright','',1,1.0,1.0,'top','cam',50.0,60.25,1.0,1.0,1.0,0.0,6.63181966677557077627e-02,0,200,4,316,4,1,NULL);
INSERT INTO "defects" VALUES(1,7,'DEFECTS-2-000004','DEFECTS-2','bright','',1,1.0,1.0,'top','cam',120.0,64.25,1.0,1.0,1.0,0.0,-4.13853191025915362333e-03,0,480,4,332,4,1,NULL);
INSERT INTO "defects" VALUES(1,8,'DEFECTS-2-000005','DEFECTS-2','bright','',2,1.0,1.0,'top','cam',138.0,56.25,3.0,1.0,2.0,0.0,2.76434631876653173765e-02,0,552,12,300,4,1,NULL);
INSERT INTO "defects" VALUES(1,9,'DEFECTS-2-000006','DEFECTS-2','bright','',2,1.0,1.0,'top','cam',149.0,50.25,2.0,1.0,2.0,0.0,2.51450676982591866948e-02,0,596,8,276,4,1,NULL);
INSERT INTO "defects" VALUES(1,10,'DEFECTS-2-000007','DEFECTS-2','bright','',3,1.0,1.0,'top','cam',114.0,50.25,11.0,1.0,9.0,0.0,1.87428695604932894769e-02,0,456,44,276,4,1,NULL);
INSERT INTO "defects" VALUES(1,11,'DEFECTS-2-000008','DEFECTS-2','bright','',3,1.0,1.0,'top','cam',121.0,56.25,7.0,2.0,4.0,-6.34019174590991,0.00270780339706257,0,484,28,300,8,1,NULL);
INSERT INTO "defects" VALUES(1,12,'DEFECTS-2-000009','DEFECTS-2','bright','',2,1.0,1.0,'top','cam',162.0,43.25,2.0,1.0,2.0,0.0,0.0617937004087521,0,648,8,248,4,1,NULL);
INSERT INTO "defects" VALUES(1,13,'DEFECTS-2-000010','DEFECTS-2','bright','',2,1.0,1.0,'top','cam',201.0,43.25,2.0,1.0,2.0,0.0,2.15106571063745956318e-02,0,804,8,248,4,1,NULL);
INSERT INTO "defects" VALUES(1,14,'DEFECTS-2-000011','DEFECTS-2','bright','',2,1.0,1.0,'top','cam',211.0,57.25,3.0,1.0,2.0,0.0,-5.58961413631446149552e-02,0,844,12,304,4,1,NULL);
INSERT INTO "defects" VALUES(1,15,'DEFECTS-2-000012','DEFECTS-2','bright','',1,1.0,1.0,'top','cam',225.0,56.25,1.0,1.0,1.0,0.0,5.36193029490620448607e-03,0,900,4,300,4,1,NULL);
INSERT INTO "defects" VALUES(1,16,'DEFECTS-3-000001','DEFECTS-3','bright','',3,1.0,1.0,'top','cam',219.0,49.5,6.0,1.25,4.0,0.0,-1.20473609720734720768e-02,0,876,24,280,4,1,NULL);
INSERT INTO "defects" VALUES(1,17,'DEFECTS-3-000002','DEFECTS-3','bright','',3,1.0,1.0,'top','cam',220.0,56.5,6.0,1.25,6.0,0.0,1.40625871590338707983e-01,0,880,24,308,4,1,NULL);
INSERT INTO "defects" VALUES(1,18,'DEFECTS-3-000003','DEFECTS-3','bright','',1,1.0,1.0,'top','cam',261.0,50.25,1.0,1.0,1.0,0.0,-1.88763542946497747676e-02,0,1044,4,284,4,1,NULL);
INSERT INTO "defects" VALUES(1,19,'DEFECTS-3-000004','DEFECTS-3','bright','',3,1.0,1.0,'top','cam',294.0,59.75,8.0,1.0,5.0,0.0,5.02643894730444296126e-02,0,1176,32,324,4,1,NULL);
INSERT INTO "defects" VALUES(1,20,'DEFECTS-3-000005','DEFECTS-3','bright','',1,1.0,1.0,'top','cam',361.0,50.25,1.0,1.0,1.0,0.0,3.591254106718030914e-02,0,1444,4,288,4,1,NULL);
INSERT INTO "defects" VALUES(1,21,'DEFECTS-3-000006','DEFECTS-3','bright','',1,1.0,1.0,'top','cam',377.0,56.0,1.0,1.0,1.0,0.0,1.70080142475512091637e-01,0,1508,4,312,4,1,NULL);
INSERT INTO "defects" VALUES(1,22,'DEFECTS-3-000007','DEFECTS-3','bright','',2,1.0,1.0,'top','cam',389.0,50.0,3.0,1.0,2.0,0.0,4.46269189575150965199e-02,0,1556,12,288,4,1,NULL);
INSERT INTO "defects" VALUES(1,23,'PIECE-1-000001','PIECE-1','bright','',3,1.0,1.0,'top','cam',119.0,49.5,6.0,1.25,4.0,0.0,-1.20473609720734720768e-02,0,476,24,280,4,1,'DEFECTS-3-000001');
INSERT INTO "defects" VALUES(1,24,'PIECE-1-000002','PIECE-1','bright','',3,1.0,1.0,'top','cam',120.0,56.5,6.0,1.25,6.0,0.0,1.40625871590338707983e-01,0,480,24,308,4,1,'DEFECTS-3-000002');
INSERT INTO "defects" VALUES(1,25,'PIECE-1-000003','PIECE-1','bright','',1,1.0,1.0,'top','cam',161.0,50.25,1.0,1.0,1.0,0.0,-1.88763542946497747676e-02,0,644,4,284,4,1,'DEFECTS-3-000003');
INSERT INTO "defects" VALUES(1,26,'PIECE-1-000004','PIECE-1','bright','',3,1.0,1.0,'top','cam',194.0,59.75,8.0,1.0,5.0,0.0,5.02643894730444296126e-02,0,776,32,324,4,1,'DEFECTS-3-000004');
INSERT INTO "defects" VALUES(1,27,'PIECE-1-000005','PIECE-1','bright','',1,1.0,1.0,'top','cam',261.0,50.25,1.0,1.0,1.0,0.0,3.591254106718030914e-02,0,1044,4,288,4,1,'DEFECTS-3-000005');
INSERT INTO "defects" VALUES(1,28,'PIECE-1-000006','PIECE-1','bright','',1,1.0,1.0,'top','cam',277.0,56.0,1.0,1.0,1.0,0.0,1.70080142475512091637e-01,0,1108,4,312,4,1,'DEFECTS-3-000006');
INSERT INTO "defects" VALUES(1,29,'PIECE-1-000007','PIECE-1','bright','',2,1.0,1.0,'top','cam',289.0,50.0,3.0,1.0,2.0,0.0,4.46269189575150965199e-02,0,1156,12,288,4,1,'DEFECTS-3-000007');
INSERT INTO "defects" VALUES(1,30,'auto-20261127T213629999Z-000001','auto-20261127T213629999Z','bright','',2,1.0,1.0,'top','cam',9.0,52.5,2.0,1.0,2.0,0.0,-3.18862850557049964939e-02,0,36,8,300,4,1,NULL);
INSERT INTO "defects" VALUES(1,31,'MARKS-1-000001','MARKS-1','marking','',0,1.0,1.0,'top','cam',217.0,47.75,1.0,1.0,1.0,0.0,4.3137254901960783715e-02,0,868,4,268,4,1,NULL);
INSERT INTO "defects" VALUES(1,32,'MARKS-1-000002','MARKS-1','marking','',0,1.0,1.0,'top','cam',237.0,56.75,4.0,1.0,2.0,0.0,1.08290023004174923437e-01,0,948,16,304,4,1,NULL);
INSERT INTO "defects" VALUES(1,33,'auto-20261127T213635575Z-000001','auto-20261127T213635575Z','marking','',0,1.0,1.0,'top','cam',1.0,56.0,3.0,1.0,3.0,0.0,4.87039788674261189815e-02,0,4,12,300,4,1,NULL);
INSERT INTO "defects" VALUES(1,34,'auto-20261127T213635575Z-000002','auto-20261127T213635575Z','marking','',0,1.0,1.0,'top','cam',3.0,62.0,1.0,1.0,1.0,0.0,-2.86675807054717667401e-03,0,12,4,324,4,1,NULL);
INSERT INTO "defects" VALUES(1,35,'LOST-1-000001','LOST-1','bright','',2,1.0,1.0,'top','cam',56.0,54.5,2.0,1.0,2.0,0.0,1.26987321392634244787e-01,0,224,8,320,4,1,NULL);
INSERT INTO "defects" VALUES(1,36,'LOST-1-000002','LOST-1','bright','',1,1.0,1.0,'top','cam',29.0,60.5,1.0,1.0,1.0,0.0,8.03340051828391188415e-02,0,116,4,344,4,1,NULL);
INSERT INTO "defects" VALUES(1,37,'LOST-1-000003','LOST-1','bright','',3,1.0,1.0,'top','cam',69.0,53.5,12.0,1.0,8.0,0.0,1.90810841079627757643e-02,0,276,48,316,4,1,NULL);
INSERT INTO "defects" VALUES(1,38,'LOST-1-000004','LOST-1','bright','',3,1.0,1.0,'top','cam',70.0,49.5,5.0,2.0,5.0,-1.43120261306107177112e+00,7.10718401844026154146e-02,0,280,20,300,8,1,NULL);
INSERT INTO "defects" VALUES(1,39,'LOST-1-000005','LOST-1','bright','',2,1.0,1.0,'top','cam',75.0,45.5,2.0,2.0,2.0,45.0,6.56370656370656307965e-02,0,300,8,284,8,1,NULL);
INSERT INTO "defects" VALUES(1,40,'KILLED-1-000001','KILLED-1','bright','',3,1.0,1.0,'top','cam',68.0,58.5,5.0,1.0,4.0,0.0,8.90581286913272318628e-02,1,272,20,340,4,1,NULL);
INSERT INTO "defects" VALUES(1,41,'KILLED-1-000002','KILLED-1','bright','',1,1.0,1.0,'top','cam',100.0,63.5,1.0,1.0,1.0,0.0,4.04154436667419833528e-02,0,400,4,360,4,1,NULL);
INSERT INTO "defects" VALUES(1,42,'KILLED-1-000003','KILLED-1','bright','',3,1.0,1.0,'top','cam',169.0,53.5,7.0,1.0,4.0,0.0,-0.00941788501210878,1,676,28,320,4,1,NULL);
INSERT INTO "defects" VALUES(1,43,'KILLED-1-000004','KILLED-1','bright','',2,1.0,1.0,'top','cam',219.0,51.75,3.0,1.0,2.0,0.0,3.28351696301952752921e-02,0,876,12,312,4,1,NULL);
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
INSERT INTO "events" VALUES(1,1,'2026-11-27T21:36:20.050Z','station.started','','{"model": "bright", "provider": "cpu"}');
INSERT INTO "events" VALUES(1,2,'2026-11-27T21:36:20.255Z','coil.started','CLEAN-1','{"name": "CLEAN-1", "automatic": false}');
INSERT INTO "events" VALUES(1,3,'2026-11-27T21:36:20.614Z','line.state','CLEAN-1','{"state": "threading", "by": "speed", "from_m": 0.0, "speed_m_s": 0.25}');
INSERT INTO "events" VALUES(1,4,'2026-11-27T21:36:21.711Z','coil.changed','CLEAN-1','{"status": "provisional", "finished_at": "2026-11-27T21:36:21.709Z"}');
INSERT INTO "events" VALUES(1,5,'2026-11-27T21:36:21.767Z','coil.started','auto-20261127T213621760Z','{"name": "auto-20261127T213621760Z", "automatic": true}');
INSERT INTO "events" VALUES(1,6,'2026-11-27T21:36:21.769Z','line.state','auto-20261127T213621760Z','{"state": "threading", "by": "speed", "from_m": 0.0, "speed_m_s": 0.25}');
INSERT INTO "events" VALUES(1,7,'2026-11-27T21:36:21.779Z','coil.final','CLEAN-1','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.32, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.32}');
INSERT INTO "events" VALUES(1,8,'2026-11-27T21:36:21.849Z','coil.started','CLEAN-1~2','{"name": "CLEAN-1", "automatic": false}');
INSERT INTO "events" VALUES(1,9,'2026-11-27T21:36:21.850Z','coil.changed','auto-20261127T213621760Z','{"status": "provisional", "finished_at": "2026-11-27T21:36:21.849Z"}');
INSERT INTO "events" VALUES(1,10,'2026-11-27T21:36:21.894Z','line.state','CLEAN-1~2','{"state": "threading", "by": "speed", "from_m": 0.0, "speed_m_s": 0.25}');
INSERT INTO "events" VALUES(1,11,'2026-11-27T21:36:21.899Z','coil.final','auto-20261127T213621760Z','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.032, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.032}');
INSERT INTO "events" VALUES(1,12,'2026-11-27T21:36:22.971Z','coil.changed','CLEAN-1~2','{"status": "provisional", "finished_at": "2026-11-27T21:36:22.970Z"}');
INSERT INTO "events" VALUES(1,13,'2026-11-27T21:36:22.983Z','coil.started','auto-20261127T213622976Z','{"name": "auto-20261127T213622976Z", "automatic": true}');
INSERT INTO "events" VALUES(1,14,'2026-11-27T21:36:22.985Z','line.state','auto-20261127T213622976Z','{"state": "threading", "by": "speed", "from_m": 0.0, "speed_m_s": 0.25}');
INSERT INTO "events" VALUES(1,15,'2026-11-27T21:36:22.994Z','coil.final','CLEAN-1~2','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.272, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.272}');
INSERT INTO "events" VALUES(1,16,'2026-11-27T21:36:23.116Z','coil.final','auto-20261127T213622976Z','{"decision": "hold", "reasons": [{"code": "coil.interrupted", "args": {}}], "length_m": 0.048}');
INSERT INTO "events" VALUES(1,17,'2026-11-27T21:36:25.684Z','station.started','','{"model": "bright", "provider": "cpu"}');
INSERT INTO "events" VALUES(1,18,'2026-11-27T21:36:25.839Z','coil.started','DEFECTS-1','{"name": "DEFECTS-1", "automatic": false}');
INSERT INTO "events" VALUES(1,19,'2026-11-27T21:36:26.228Z','line.state','DEFECTS-1','{"state": "threading", "by": "speed", "from_m": 0.0, "speed_m_s": 0.25}');
INSERT INTO "events" VALUES(1,20,'2026-11-27T21:36:26.999Z','defect.found','DEFECTS-1','{"defect_id": "DEFECTS-1-000001", "class": "bright", "severity": 1, "side": "top", "along_mm": 217.0}');
INSERT INTO "events" VALUES(1,21,'2026-11-27T21:36:27.016Z','coil.changed','DEFECTS-1','{"status": "provisional", "finished_at": "2026-11-27T21:36:27.013Z"}');
INSERT INTO "events" VALUES(1,22,'2026-11-27T21:36:27.063Z','coil.started','auto-20261127T213627055Z','{"name": "auto-20261127T213627055Z", "automatic": true}');
INSERT INTO "events" VALUES(1,23,'2026-11-27T21:36:27.064Z','line.state','auto-20261127T213627055Z','{"state": "threading", "by": "speed", "from_m": 0.0, "speed_m_s": 0.25}');
INSERT INTO "events" VALUES(1,24,'2026-11-27T21:36:27.064Z','defect.found','DEFECTS-1','{"defect_id": "DEFECTS-1-000002", "class": "bright", "severity": 1, "side": "top", "along_mm": 237.0}');
INSERT INTO "events" VALUES(1,25,'2026-11-27T21:36:27.073Z','coil.final','DEFECTS-1','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.24, "defects": 2, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.24}');
INSERT INTO "events" VALUES(1,26,'2026-11-27T21:36:27.094Z','coil.decided','DEFECTS-1','{"decision": "accept", "instead_of": "accept", "operator": "Kim", "note": "the customer agrees"}');
INSERT INTO "events" VALUES(1,27,'2026-11-27T21:36:27.102Z','coil.started','DEFECTS-2','{"name": "DEFECTS-2", "automatic": false}');
INSERT INTO "events" VALUES(1,28,'2026-11-27T21:36:27.103Z','coil.changed','auto-20261127T213627055Z','{"status": "provisional", "finished_at": "2026-11-27T21:36:27.102Z"}');
INSERT INTO "events" VALUES(1,29,'2026-11-27T21:36:27.126Z','defect.found','auto-20261127T213627055Z','{"defect_id": "auto-20261127T213627055Z-000001", "class": "bright", "severity": 1, "side": "top", "along_mm": 0.0}');
INSERT INTO "events" VALUES(1,30,'2026-11-27T21:36:27.129Z','line.state','DEFECTS-2','{"state": "threading", "by": "speed", "from_m": 0.0, "speed_m_s": 0.25}');
INSERT INTO "events" VALUES(1,31,'2026-11-27T21:36:27.133Z','coil.final','auto-20261127T213627055Z','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.016, "defects": 1, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.016}');
INSERT INTO "events" VALUES(1,32,'2026-11-27T21:36:27.253Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000001", "class": "bright", "severity": 2, "side": "top", "along_mm": 1.0}');
INSERT INTO "events" VALUES(1,33,'2026-11-27T21:36:27.253Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000002", "class": "bright", "severity": 1, "side": "top", "along_mm": 3.0}');
INSERT INTO "events" VALUES(1,34,'2026-11-27T21:36:27.382Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000003", "class": "bright", "severity": 1, "side": "top", "along_mm": 50.0}');
INSERT INTO "events" VALUES(1,35,'2026-11-27T21:36:27.639Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000004", "class": "bright", "severity": 1, "side": "top", "along_mm": 120.0}');
INSERT INTO "events" VALUES(1,36,'2026-11-27T21:36:27.767Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000005", "class": "bright", "severity": 2, "side": "top", "along_mm": 138.0}');
INSERT INTO "events" VALUES(1,37,'2026-11-27T21:36:27.767Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000006", "class": "bright", "severity": 2, "side": "top", "along_mm": 149.0}');
INSERT INTO "events" VALUES(1,38,'2026-11-27T21:36:27.767Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000007", "class": "bright", "severity": 3, "side": "top", "along_mm": 114.0}');
INSERT INTO "events" VALUES(1,39,'2026-11-27T21:36:27.767Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000008", "class": "bright", "severity": 3, "side": "top", "along_mm": 121.0}');
INSERT INTO "events" VALUES(1,40,'2026-11-27T21:36:27.895Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000009", "class": "bright", "severity": 2, "side": "top", "along_mm": 162.0}');
INSERT INTO "events" VALUES(1,41,'2026-11-27T21:36:28.027Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000010", "class": "bright", "severity": 2, "side": "top", "along_mm": 201.0}');
INSERT INTO "events" VALUES(1,42,'2026-11-27T21:36:28.027Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000011", "class": "bright", "severity": 2, "side": "top", "along_mm": 211.0}');
INSERT INTO "events" VALUES(1,43,'2026-11-27T21:36:28.099Z','coil.changed','DEFECTS-2','{"status": "provisional", "finished_at": "2026-11-27T21:36:28.097Z"}');
INSERT INTO "events" VALUES(1,44,'2026-11-27T21:36:28.151Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000012", "class": "bright", "severity": 1, "side": "top", "along_mm": 225.0}');
INSERT INTO "events" VALUES(1,45,'2026-11-27T21:36:28.155Z','coil.started','auto-20261127T213628143Z','{"name": "auto-20261127T213628143Z", "automatic": true}');
INSERT INTO "events" VALUES(1,46,'2026-11-27T21:36:28.157Z','line.state','auto-20261127T213628143Z','{"state": "threading", "by": "speed", "from_m": 0.0, "speed_m_s": 0.25}');
INSERT INTO "events" VALUES(1,47,'2026-11-27T21:36:28.165Z','coil.final','DEFECTS-2','{"decision": "scrap", "reasons": [{"code": "coil.rule_area", "args": {"rule": "too many", "then": "scrap", "area_mm2": 30.0, "limit_mm2": 20.0}}, {"code": "coil.rule_count", "args": {"rule": "in the usable width", "then": "downgrade", "defects": 8.0, "limit": 1.0, "in_any_m": 0.1, "from_m": 0.12}}], "length_m": 0.256}');
INSERT INTO "events" VALUES(1,48,'2026-11-27T21:36:28.189Z','coil.revised','DEFECTS-2','{"number": 2, "decision": "hold", "reasons": [{"code": "coil.severe_defects", "args": {"defects": 2, "severity": 3}}], "instead_of": "scrap", "recipe": "default", "operator": "Lee", "note": "another order"}');
INSERT INTO "events" VALUES(1,49,'2026-11-27T21:36:28.198Z','coil.started','DEFECTS-3','{"name": "DEFECTS-3", "automatic": false}');
INSERT INTO "events" VALUES(1,50,'2026-11-27T21:36:28.200Z','coil.changed','auto-20261127T213628143Z','{"status": "provisional", "finished_at": "2026-11-27T21:36:28.199Z"}');
INSERT INTO "events" VALUES(1,51,'2026-11-27T21:36:28.223Z','line.state','DEFECTS-3','{"state": "threading", "by": "speed", "from_m": 0.0, "speed_m_s": 0.25}');
INSERT INTO "events" VALUES(1,52,'2026-11-27T21:36:28.231Z','coil.final','auto-20261127T213628143Z','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.016, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.016}');
INSERT INTO "events" VALUES(1,53,'2026-11-27T21:36:29.264Z','defect.found','DEFECTS-3','{"defect_id": "DEFECTS-3-000001", "class": "bright", "severity": 3, "side": "top", "along_mm": 219.0}');
INSERT INTO "events" VALUES(1,54,'2026-11-27T21:36:29.264Z','defect.found','DEFECTS-3','{"defect_id": "DEFECTS-3-000002", "class": "bright", "severity": 3, "side": "top", "along_mm": 220.0}');
INSERT INTO "events" VALUES(1,55,'2026-11-27T21:36:29.372Z','defect.found','DEFECTS-3','{"defect_id": "DEFECTS-3-000003", "class": "bright", "severity": 1, "side": "top", "along_mm": 261.0}');
INSERT INTO "events" VALUES(1,56,'2026-11-27T21:36:29.505Z','defect.found','DEFECTS-3','{"defect_id": "DEFECTS-3-000004", "class": "bright", "severity": 3, "side": "top", "along_mm": 294.0}');
INSERT INTO "events" VALUES(1,57,'2026-11-27T21:36:29.760Z','defect.found','DEFECTS-3','{"defect_id": "DEFECTS-3-000005", "class": "bright", "severity": 1, "side": "top", "along_mm": 361.0}');
INSERT INTO "events" VALUES(1,58,'2026-11-27T21:36:29.760Z','defect.found','DEFECTS-3','{"defect_id": "DEFECTS-3-000006", "class": "bright", "severity": 1, "side": "top", "along_mm": 377.0}');
INSERT INTO "events" VALUES(1,59,'2026-11-27T21:36:29.885Z','defect.found','DEFECTS-3','{"defect_id": "DEFECTS-3-000007", "class": "bright", "severity": 2, "side": "top", "along_mm": 389.0}');
INSERT INTO "events" VALUES(1,60,'2026-11-27T21:36:29.957Z','coil.changed','DEFECTS-3','{"status": "provisional", "finished_at": "2026-11-27T21:36:29.954Z"}');
INSERT INTO "events" VALUES(1,61,'2026-11-27T21:36:30.015Z','coil.started','auto-20261127T213629999Z','{"name": "auto-20261127T213629999Z", "automatic": true}');
INSERT INTO "events" VALUES(1,62,'2026-11-27T21:36:30.019Z','line.state','auto-20261127T213629999Z','{"state": "threading", "by": "speed", "from_m": 0.0, "speed_m_s": 0.25}');
INSERT INTO "events" VALUES(1,63,'2026-11-27T21:36:30.035Z','coil.final','DEFECTS-3','{"decision": "downgrade", "reasons": [{"code": "coil.rule_count", "args": {"rule": "in the usable width", "then": "downgrade", "defects": 4.0, "limit": 1.0, "in_any_m": 0.1, "from_m": 0.23}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.448}');
INSERT INTO "events" VALUES(1,64,'2026-11-27T21:36:30.098Z','coil.derived','PIECE-1','{"name": "PIECE-1", "coils": "DEFECTS-3", "length_m": 0.3}');
INSERT INTO "events" VALUES(1,65,'2026-11-27T21:36:30.113Z','coil.final','PIECE-1','{"decision": "downgrade", "reasons": [{"code": "coil.rule_count", "args": {"rule": "in the usable width", "then": "downgrade", "defects": 4.0, "limit": 1.0, "in_any_m": 0.1, "from_m": 0.12}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}, {"code": "coil.derived", "args": {"coils": "DEFECTS-3"}}], "length_m": 0.3}');
INSERT INTO "events" VALUES(1,66,'2026-11-27T21:36:30.143Z','defect.found','auto-20261127T213629999Z','{"defect_id": "auto-20261127T213629999Z-000001", "class": "bright", "severity": 2, "side": "top", "along_mm": 9.0}');
INSERT INTO "events" VALUES(1,67,'2026-11-27T21:36:30.169Z','coil.final','auto-20261127T213629999Z','{"decision": "hold", "reasons": [{"code": "coil.interrupted", "args": {}}], "length_m": 0.048}');
INSERT INTO "events" VALUES(1,68,'2026-11-27T21:36:34.075Z','station.started','','{"model": "bright", "provider": "cpu"}');
INSERT INTO "events" VALUES(1,69,'2026-11-27T21:36:34.240Z','coil.started','MARKS-1','{"name": "MARKS-1", "automatic": false}');
INSERT INTO "events" VALUES(1,70,'2026-11-27T21:36:34.686Z','line.state','MARKS-1','{"state": "threading", "by": "speed", "from_m": 0.0, "speed_m_s": 0.25}');
INSERT INTO "events" VALUES(1,71,'2026-11-27T21:36:35.513Z','coil.changed','MARKS-1','{"status": "provisional", "finished_at": "2026-11-27T21:36:35.510Z"}');
INSERT INTO "events" VALUES(1,72,'2026-11-27T21:36:35.590Z','coil.started','auto-20261127T213635575Z','{"name": "auto-20261127T213635575Z", "automatic": true}');
INSERT INTO "events" VALUES(1,73,'2026-11-27T21:36:35.591Z','line.state','auto-20261127T213635575Z','{"state": "threading", "by": "speed", "from_m": 0.0, "speed_m_s": 0.25}');
INSERT INTO "events" VALUES(1,74,'2026-11-27T21:36:35.601Z','coil.final','MARKS-1','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.256, "defects": 0, "severity": 3}}, {"code": "coil.marks", "args": {"marks": 2, "classes": "marking"}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.256}');
INSERT INTO "events" VALUES(1,75,'2026-11-27T21:36:35.726Z','coil.final','auto-20261127T213635575Z','{"decision": "hold", "reasons": [{"code": "coil.interrupted", "args": {}}], "length_m": 0.048}');
INSERT INTO "events" VALUES(1,76,'2026-11-27T21:36:38.266Z','station.started','','{"model": "bright", "provider": "cpu"}');
INSERT INTO "events" VALUES(1,77,'2026-11-27T21:36:38.441Z','coil.started','LOST-1','{"name": "LOST-1", "automatic": false}');
INSERT INTO "events" VALUES(1,78,'2026-11-27T21:36:38.858Z','line.state','LOST-1','{"state": "threading", "by": "speed", "from_m": 0.0, "speed_m_s": 0.25}');
INSERT INTO "events" VALUES(1,79,'2026-11-27T21:36:39.003Z','defect.found','LOST-1','{"defect_id": "LOST-1-000001", "class": "bright", "severity": 2, "side": "top", "along_mm": 56.0}');
INSERT INTO "events" VALUES(1,80,'2026-11-27T21:36:39.003Z','defect.found','LOST-1','{"defect_id": "LOST-1-000002", "class": "bright", "severity": 1, "side": "top", "along_mm": 29.0}');
INSERT INTO "events" VALUES(1,81,'2026-11-27T21:36:39.065Z','defect.found','LOST-1','{"defect_id": "LOST-1-000003", "class": "bright", "severity": 3, "side": "top", "along_mm": 69.0}');
INSERT INTO "events" VALUES(1,82,'2026-11-27T21:36:39.065Z','defect.found','LOST-1','{"defect_id": "LOST-1-000004", "class": "bright", "severity": 3, "side": "top", "along_mm": 70.0}');
INSERT INTO "events" VALUES(1,83,'2026-11-27T21:36:39.065Z','defect.found','LOST-1','{"defect_id": "LOST-1-000005", "class": "bright", "severity": 2, "side": "top", "along_mm": 75.0}');
INSERT INTO "events" VALUES(1,84,'2026-11-27T21:36:39.690Z','coverage.lost','LOST-1','{"camera": "cam", "first_line": 384, "along_mm": 96.0, "reason": {"code": "line.frame_dropped", "args": {}}}');
INSERT INTO "events" VALUES(1,85,'2026-11-27T21:36:39.699Z','coverage.lost','LOST-1','{"camera": "cam", "first_line": 640, "along_mm": 160.0, "reason": {"code": "line.frame_dropped", "args": {}}}');
INSERT INTO "events" VALUES(1,86,'2026-11-27T21:36:40.096Z','coil.changed','LOST-1','{"status": "provisional", "finished_at": "2026-11-27T21:36:40.093Z"}');
INSERT INTO "events" VALUES(1,87,'2026-11-27T21:36:40.327Z','coverage.lost','LOST-1','{"camera": "cam", "first_line": 1024, "along_mm": 256.0, "reason": {"code": "line.frame_dropped", "args": {}}}');
INSERT INTO "events" VALUES(1,88,'2026-11-27T21:36:40.331Z','coverage.lost','LOST-1','{"camera": "cam", "first_line": 1344, "along_mm": 336.0, "reason": {"code": "line.frame_dropped", "args": {}}}');
INSERT INTO "events" VALUES(1,89,'2026-11-27T21:36:40.334Z','coverage.lost','LOST-1','{"camera": "cam", "first_line": 1536, "along_mm": 384.0, "reason": {"code": "line.frame_dropped", "args": {}}}');
INSERT INTO "events" VALUES(1,90,'2026-11-27T21:36:40.336Z','coil.started','auto-20261127T213640325Z','{"name": "auto-20261127T213640325Z", "automatic": true}');
INSERT INTO "events" VALUES(1,91,'2026-11-27T21:36:40.337Z','line.state','auto-20261127T213640325Z','{"state": "threading", "by": "speed", "from_m": 0.0, "speed_m_s": 0.251}');
INSERT INTO "events" VALUES(1,92,'2026-11-27T21:36:40.346Z','coil.final','LOST-1','{"decision": "hold", "reasons": [{"code": "coil.not_inspected", "args": {"uninspected_m": 0.176, "limit_m": 0.1}}, {"code": "coil.rule_count", "args": {"rule": "in the usable width", "then": "downgrade", "defects": 5.0, "limit": 1.0, "in_any_m": 0.1, "from_m": 0.03}}], "length_m": 0.4}');
INSERT INTO "events" VALUES(1,93,'2026-11-27T21:36:40.379Z','coil.started','KILLED-1','{"name": "KILLED-1", "automatic": false}');
INSERT INTO "events" VALUES(1,94,'2026-11-27T21:36:40.381Z','coil.changed','auto-20261127T213640325Z','{"status": "provisional", "finished_at": "2026-11-27T21:36:40.380Z"}');
INSERT INTO "events" VALUES(1,95,'2026-11-27T21:36:40.395Z','line.state','KILLED-1','{"state": "threading", "by": "speed", "from_m": 0.0, "speed_m_s": 0.251}');
INSERT INTO "events" VALUES(1,96,'2026-11-27T21:36:40.402Z','coil.final','auto-20261127T213640325Z','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.016, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.016}');
INSERT INTO "events" VALUES(1,97,'2026-11-27T21:36:40.792Z','coverage.lost','KILLED-1','{"camera": "cam", "first_line": 192, "along_mm": 48.0, "reason": {"code": "line.frame_dropped", "args": {}}}');
INSERT INTO "events" VALUES(1,98,'2026-11-27T21:36:40.798Z','defect.found','KILLED-1','{"defect_id": "KILLED-1-000001", "class": "bright", "severity": 3, "side": "top", "along_mm": 68.0}');
INSERT INTO "events" VALUES(1,99,'2026-11-27T21:36:40.846Z','defect.found','KILLED-1','{"defect_id": "KILLED-1-000002", "class": "bright", "severity": 1, "side": "top", "along_mm": 100.0}');
INSERT INTO "events" VALUES(1,100,'2026-11-27T21:36:41.041Z','coverage.lost','KILLED-1','{"camera": "cam", "first_line": 512, "along_mm": 128.0, "reason": {"code": "line.frame_dropped", "args": {}}}');
INSERT INTO "events" VALUES(1,101,'2026-11-27T21:36:41.050Z','coverage.lost','KILLED-1','{"camera": "cam", "first_line": 704, "along_mm": 176.0, "reason": {"code": "line.frame_dropped", "args": {}}}');
INSERT INTO "events" VALUES(1,102,'2026-11-27T21:36:41.050Z','defect.found','KILLED-1','{"defect_id": "KILLED-1-000003", "class": "bright", "severity": 3, "side": "top", "along_mm": 169.0}');
INSERT INTO "events" VALUES(1,103,'2026-11-27T21:36:41.302Z','defect.found','KILLED-1','{"defect_id": "KILLED-1-000004", "class": "bright", "severity": 2, "side": "top", "along_mm": 219.0}');
INSERT INTO "events" VALUES(1,104,'2026-11-27T21:36:44.309Z','coverage.lost','KILLED-1','{"camera": "cam", "first_line": 960, "along_mm": 240.0, "reason": {"code": "station.interrupted", "args": {"lines": 3165, "away_s": 3.0, "lines_hz": 1057.5}}}');
INSERT INTO "events" VALUES(1,105,'2026-11-27T21:36:44.361Z','coil.final','KILLED-1','{"decision": "hold", "reasons": [{"code": "coil.interrupted", "args": {}}, {"code": "coil.not_inspected", "args": {"uninspected_m": 0.8553, "limit_m": 0.1}}, {"code": "coil.severe_defects", "args": {"defects": 2, "severity": 3}}], "length_m": 1.03125}');
INSERT INTO "events" VALUES(1,106,'2026-11-27T21:36:45.130Z','station.started','','{"model": "bright", "provider": "cpu"}');
INSERT INTO "events" VALUES(1,107,'2026-11-27T21:36:45.941Z','coil.started','auto-20261127T213645805Z','{"name": "auto-20261127T213645805Z", "automatic": true}');
INSERT INTO "events" VALUES(1,108,'2026-11-27T21:36:45.943Z','line.state','auto-20261127T213645805Z','{"state": "threading", "by": "speed", "from_m": 0.0, "speed_m_s": 0.249}');
INSERT INTO "events" VALUES(1,109,'2026-11-27T21:36:46.147Z','coil.started','RUNNING-1','{"name": "RUNNING-1", "automatic": false}');
INSERT INTO "events" VALUES(1,110,'2026-11-27T21:36:46.150Z','coil.changed','auto-20261127T213645805Z','{"status": "provisional", "finished_at": "2026-11-27T21:36:46.148Z"}');
INSERT INTO "events" VALUES(1,111,'2026-11-27T21:36:46.197Z','line.state','RUNNING-1','{"state": "threading", "by": "speed", "from_m": 0.0, "speed_m_s": 0.25}');
INSERT INTO "events" VALUES(1,112,'2026-11-27T21:36:46.202Z','coil.final','auto-20261127T213645805Z','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.096, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.096}');
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
INSERT INTO "intervals" VALUES(1,'auto-20261127T213621760Z','cam',0,128,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'CLEAN-1~2','cam',0,1088,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'auto-20261127T213622976Z','cam',0,192,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'DEFECTS-1','cam',0,960,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'auto-20261127T213627055Z','cam',0,64,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'DEFECTS-2','cam',0,1024,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'auto-20261127T213628143Z','cam',0,64,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'DEFECTS-3','cam',0,1792,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'PIECE-1','cam',0,1200,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'auto-20261127T213629999Z','cam',0,192,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'MARKS-1','cam',0,1024,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'auto-20261127T213635575Z','cam',0,192,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'LOST-1','cam',0,384,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'LOST-1','cam',384,128,'lost','','line.frame_dropped','{}');
INSERT INTO "intervals" VALUES(1,'LOST-1','cam',512,128,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'LOST-1','cam',640,256,'lost','','line.frame_dropped','{}');
INSERT INTO "intervals" VALUES(1,'LOST-1','cam',896,128,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'LOST-1','cam',1024,128,'lost','','line.frame_dropped','{}');
INSERT INTO "intervals" VALUES(1,'LOST-1','cam',1152,192,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'LOST-1','cam',1344,128,'lost','','line.frame_dropped','{}');
INSERT INTO "intervals" VALUES(1,'LOST-1','cam',1472,64,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'LOST-1','cam',1536,64,'lost','','line.frame_dropped','{}');
INSERT INTO "intervals" VALUES(1,'auto-20261127T213640325Z','cam',0,64,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'KILLED-1','cam',0,192,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'KILLED-1','cam',192,64,'lost','','line.frame_dropped','{}');
INSERT INTO "intervals" VALUES(1,'KILLED-1','cam',256,256,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'KILLED-1','cam',512,128,'lost','','line.frame_dropped','{}');
INSERT INTO "intervals" VALUES(1,'KILLED-1','cam',640,64,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'KILLED-1','cam',704,64,'lost','','line.frame_dropped','{}');
INSERT INTO "intervals" VALUES(1,'KILLED-1','cam',768,192,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'KILLED-1','cam',960,3165,'lost','','station.interrupted','{"lines": 3165, "away_s": 3.0, "lines_hz": 1057.5}');
INSERT INTO "intervals" VALUES(1,'auto-20261127T213645805Z','cam',0,384,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'RUNNING-1','cam',0,1152,'inspected','','','null');
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
INSERT INTO "overrides" VALUES(1,1,'DEFECTS-1','accept','Kim','the customer agrees','2026-11-27T21:36:27.093Z');
CREATE TABLE passages (
	station INTEGER NOT NULL, 
	coil_id VARCHAR(128) NOT NULL, 
	known_by VARCHAR(16) NOT NULL, 
	number INTEGER NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	first_line BIGINT NOT NULL, 
	lines BIGINT NOT NULL, 
	started_at VARCHAR(32), 
	seconds FLOAT, 
	again_lines BIGINT NOT NULL, 
	slowest_m_s FLOAT, 
	fastest_m_s FLOAT, 
	PRIMARY KEY (station, coil_id, known_by, number), 
	FOREIGN KEY(station, coil_id) REFERENCES coils (station, coil_id), 
	FOREIGN KEY(station) REFERENCES stations (number)
);
INSERT INTO "passages" VALUES(1,'CLEAN-1','speed',0,'threading',0,1280,'2026-11-27T21:36:20.545Z',1.152,0,0.25,0.25);
INSERT INTO "passages" VALUES(1,'auto-20261127T213621760Z','speed',0,'threading',0,128,'2026-11-27T21:36:21.699Z',0.127,0,0.25,0.25);
INSERT INTO "passages" VALUES(1,'CLEAN-1~2','speed',0,'threading',0,1088,'2026-11-27T21:36:21.825Z',1.088,0,0.25,0.25);
INSERT INTO "passages" VALUES(1,'auto-20261127T213622976Z','speed',0,'threading',0,192,'2026-11-27T21:36:22.913Z',0.192,0,0.25,0.25);
INSERT INTO "passages" VALUES(1,'DEFECTS-1','speed',0,'threading',0,960,'2026-11-27T21:36:26.159Z',0.832,0,0.248,0.25);
INSERT INTO "passages" VALUES(1,'auto-20261127T213627055Z','speed',0,'threading',0,64,'2026-11-27T21:36:26.992Z',0.064,0,0.25,0.25);
INSERT INTO "passages" VALUES(1,'DEFECTS-2','speed',0,'threading',0,1024,'2026-11-27T21:36:27.055Z',1.024,0,0.25,0.25);
INSERT INTO "passages" VALUES(1,'auto-20261127T213628143Z','speed',0,'threading',0,64,'2026-11-27T21:36:28.080Z',0.064,0,0.25,0.25);
INSERT INTO "passages" VALUES(1,'DEFECTS-3','speed',0,'threading',0,1792,'2026-11-27T21:36:28.143Z',1.793,0,0.25,0.25);
INSERT INTO "passages" VALUES(1,'auto-20261127T213629999Z','speed',0,'threading',0,192,'2026-11-27T21:36:29.938Z',0.191,0,0.25,0.25);
INSERT INTO "passages" VALUES(1,'MARKS-1','speed',0,'threading',0,1024,'2026-11-27T21:36:34.615Z',0.896,0,0.25,0.25);
INSERT INTO "passages" VALUES(1,'auto-20261127T213635575Z','speed',0,'threading',0,192,'2026-11-27T21:36:35.512Z',0.192,0,0.25,0.25);
INSERT INTO "passages" VALUES(1,'LOST-1','speed',0,'threading',0,1600,'2026-11-27T21:36:38.790Z',1.408,0,0.247,0.251);
INSERT INTO "passages" VALUES(1,'auto-20261127T213640325Z','speed',0,'threading',0,64,'2026-11-27T21:36:40.198Z',0.128,0,0.251,0.251);
INSERT INTO "passages" VALUES(1,'KILLED-1','speed',0,'threading',0,64,'2026-11-27T21:36:40.326Z',0.064,0,0.251,0.251);
INSERT INTO "passages" VALUES(1,'auto-20261127T213645805Z','speed',0,'threading',0,384,'2026-11-27T21:36:45.870Z',0.256,0,0.246,0.25);
INSERT INTO "passages" VALUES(1,'RUNNING-1','speed',0,'threading',0,64,'2026-11-27T21:36:46.125Z',0.064,0,0.25,0.25);
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
INSERT INTO "recipes" VALUES('a3dbae9affb6ee6079ad64da04323320ae2e4776556667eb249c2f91e88c61cf','{"name": "default", "classes": {"bright": {"threshold": null, "min_area_mm2": 1.0, "ignore": false, "as_defect": false, "severity": null}}, "severity": {"area_mm2": [1.5, 3.5, 50.0], "long_mm": 1000.0, "wide_mm": null, "contrast": null, "edge_mm": null, "edge": 1, "at_least": 1, "at_most": null}, "hold_from_severity": 3, "hold_above_defects_per_100m": 100000.0, "hold_above_uninspected_m": 0.1, "hold_for_periodic": true, "bridge_mm": 8.0, "edge_margin_mm": 2.0, "strip_width_mm": 96.0, "screen": [], "products": [], "customers": [], "zones": {}, "rules": [], "crop_head_m": 0.0, "crop_tail_m": 0.0, "crop_weld_m": 0.0}');
INSERT INTO "recipes" VALUES('9a5d66f4c1aa6064db95649d1613bbed808adb8170db22aba60bd04537fa92a5','{"name": "panel", "classes": {"bright": {"threshold": null, "min_area_mm2": 1.0, "ignore": false, "as_defect": false, "severity": null}}, "severity": {"area_mm2": [1.5, 3.5, 50.0], "long_mm": 1000.0, "wide_mm": null, "contrast": null, "edge_mm": null, "edge": 1, "at_least": 1, "at_most": null}, "hold_from_severity": 6, "hold_above_defects_per_100m": 100000.0, "hold_above_uninspected_m": 0.1, "hold_for_periodic": true, "bridge_mm": 8.0, "edge_margin_mm": 2.0, "strip_width_mm": 96.0, "screen": [], "products": ["DC04", "DX5*"], "customers": [], "zones": {"usable": {"head_m": null, "tail_m": null, "edge_mm": null, "operator_edge_mm": null, "drive_edge_mm": null, "middle_mm": 60.0, "side": null}}, "rules": [{"name": "in the usable width", "then": "downgrade", "classes": [], "severity_from": 1, "min_area_mm2": 0.0, "min_length_mm": 0.0, "min_width_mm": 0.0, "sides": [], "zone": "usable", "outside": [], "more_than": 1.0, "of": "defects", "in_any_m": 0.1, "per_m": null}, {"name": "too many", "then": "scrap", "classes": [], "severity_from": 1, "min_area_mm2": 0.0, "min_length_mm": 0.0, "min_width_mm": 0.0, "sides": [], "zone": null, "outside": [], "more_than": 20.0, "of": "area_mm2", "in_any_m": null, "per_m": null}], "crop_head_m": 0.0, "crop_tail_m": 0.0, "crop_weld_m": 0.0}');
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
INSERT INTO "stations" VALUES(1,'test','','','57b076ec-305a-4378-aa4c-04114359ac01','{"cam": "top"}');
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
CREATE INDEX coils_by_customer ON coils (station, customer, number);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('coils',18);
INSERT INTO "sqlite_sequence" VALUES('defects',43);
INSERT INTO "sqlite_sequence" VALUES('reviews',0);
INSERT INTO "sqlite_sequence" VALUES('optics',0);
INSERT INTO "sqlite_sequence" VALUES('overrides',1);
INSERT INTO "sqlite_sequence" VALUES('decisions',1);
COMMIT;
