BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0010');
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
	number INTEGER NOT NULL, 
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
	pass_number INTEGER DEFAULT '1' NOT NULL, 
	PRIMARY KEY (number), 
	UNIQUE (station, coil_id), 
	FOREIGN KEY(station) REFERENCES stations (number)
);
INSERT INTO "coils" VALUES(1,1,'CLEAN-1','CLEAN-1','final',0,0,'H290','S235','2026-11-27T17:03:39.621Z','2026-11-27T17:03:41.127Z','2026-11-27T17:03:41.178Z',0.25,96.125,1.1073022969696610289e+03,'bright 1','2dad630efa0f637df145612cb2433fc2b3ad849711005d520af23e58b5444d3d','default','205797f2d3e230cc74a3992bc7424089219ad68d369e69bfb4feb94ed30e2881','accept','[{"code": "coil.sound", "args": {"length_m": 0.336, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',15,96.0,1);
INSERT INTO "coils" VALUES(1,2,'CLEAN-1~2','CLEAN-1','final',0,0,'H290','S235','2026-11-27T17:03:41.200Z','2026-11-27T17:03:42.407Z','2026-11-27T17:03:42.459Z',0.25,96.125,1.73612271393983769486e+03,'bright 1','2dad630efa0f637df145612cb2433fc2b3ad849711005d520af23e58b5444d3d','default','205797f2d3e230cc74a3992bc7424089219ad68d369e69bfb4feb94ed30e2881','accept','[{"code": "coil.sound", "args": {"length_m": 0.304, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',14,96.0,2);
INSERT INTO "coils" VALUES(1,3,'auto-20261127T170341173Z','auto-20261127T170341173Z','final',1,0,'','','2026-11-27T17:03:41.173Z','2026-11-27T17:03:41.245Z','2026-11-27T17:03:41.244Z',0.25,96.0,0.0,'bright 1','2dad630efa0f637df145612cb2433fc2b3ad849711005d520af23e58b5444d3d','default','205797f2d3e230cc74a3992bc7424089219ad68d369e69bfb4feb94ed30e2881','accept','[{"code": "coil.sound", "args": {"length_m": 0.016, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',4,96.0,1);
INSERT INTO "coils" VALUES(1,4,'auto-20261127T170342453Z','auto-20261127T170342453Z','final',1,1,'','','2026-11-27T17:03:42.453Z','2026-11-27T17:03:42.525Z','2026-11-27T17:03:42.524Z',0.25,96.125,0.0,'bright 1','2dad630efa0f637df145612cb2433fc2b3ad849711005d520af23e58b5444d3d','default','205797f2d3e230cc74a3992bc7424089219ad68d369e69bfb4feb94ed30e2881','hold','[{"code": "coil.interrupted", "args": {}}, {"code": "coil.sound", "args": {"length_m": 0.032, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',4,96.0,1);
INSERT INTO "coils" VALUES(1,5,'DEFECTS-1','DEFECTS-1','final',0,0,'','','2026-11-27T17:03:45.414Z','2026-11-27T17:03:46.620Z','2026-11-27T17:03:46.681Z',0.25,96.125,1138.20385174463,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','default','205797f2d3e230cc74a3992bc7424089219ad68d369e69bfb4feb94ed30e2881','accept','[{"code": "coil.sound", "args": {"length_m": 0.256, "defects": 2, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',12,97.0,1);
INSERT INTO "coils" VALUES(1,6,'DEFECTS-2','DEFECTS-2','final',0,0,'','DC04','2026-11-27T17:03:46.712Z','2026-11-27T17:03:47.680Z','2026-11-27T17:03:47.698Z',0.25,96.125,1.37067835610749011725e+03,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','default','205797f2d3e230cc74a3992bc7424089219ad68d369e69bfb4feb94ed30e2881','hold','[{"code": "coil.severe_defects", "args": {"defects": 2, "severity": 3}}]',12,96.0,1);
INSERT INTO "coils" VALUES(1,7,'auto-20261127T170346670Z','auto-20261127T170346670Z','final',1,0,'','','2026-11-27T17:03:46.670Z','2026-11-27T17:03:46.749Z','2026-11-27T17:03:46.747Z',0.25,96.0,0.0,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','default','205797f2d3e230cc74a3992bc7424089219ad68d369e69bfb4feb94ed30e2881','accept','[{"code": "coil.sound", "args": {"length_m": 0.016, "defects": 2, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',4,96.0,1);
INSERT INTO "coils" VALUES(1,8,'DEFECTS-3','DEFECTS-3','final',0,0,'','DX51D','2026-11-27T17:03:47.752Z','2026-11-27T17:03:49.465Z','2026-11-27T17:03:49.491Z',0.25,96.125,1.58852795850132292795e+03,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','default','205797f2d3e230cc74a3992bc7424089219ad68d369e69bfb4feb94ed30e2881','hold','[{"code": "coil.severe_defects", "args": {"defects": 3, "severity": 3}}]',18,96.0,1);
INSERT INTO "coils" VALUES(1,9,'auto-20261127T170347694Z','auto-20261127T170347694Z','final',1,0,'','','2026-11-27T17:03:47.695Z','2026-11-27T17:03:47.770Z','2026-11-27T17:03:47.770Z',0.25,96.0,0.0,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','default','205797f2d3e230cc74a3992bc7424089219ad68d369e69bfb4feb94ed30e2881','accept','[{"code": "coil.sound", "args": {"length_m": 0.016, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',4,96.0,1);
INSERT INTO "coils" VALUES(1,10,'auto-20261127T170349487Z','auto-20261127T170349487Z','final',1,1,'','','2026-11-27T17:03:49.487Z','2026-11-27T17:03:49.564Z','2026-11-27T17:03:49.563Z',0.25,96.0,0.0,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','default','205797f2d3e230cc74a3992bc7424089219ad68d369e69bfb4feb94ed30e2881','hold','[{"code": "coil.interrupted", "args": {}}, {"code": "coil.sound", "args": {"length_m": 0.032, "defects": 1, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',4,96.0,1);
INSERT INTO "coils" VALUES(1,11,'MARKS-1','MARKS-1','final',0,0,'','','2026-11-27T17:03:52.677Z','2026-11-27T17:03:53.846Z','2026-11-27T17:03:53.906Z',0.25,96.125,1.14140163539253808267e+03,'bright 1','2b8ab9f6376dd048691ab50c3b9d35de0013e90afc6a56fe959059d13908be2a','default','205797f2d3e230cc74a3992bc7424089219ad68d369e69bfb4feb94ed30e2881','accept','[{"code": "coil.sound", "args": {"length_m": 0.256, "defects": 0, "severity": 3}}, {"code": "coil.marks", "args": {"marks": 2, "classes": "marking"}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',12,96.0,1);
INSERT INTO "coils" VALUES(1,12,'auto-20261127T170353899Z','auto-20261127T170353899Z','final',1,1,'','','2026-11-27T17:03:53.899Z','2026-11-27T17:03:53.977Z','2026-11-27T17:03:53.976Z',0.25,96.0,0.0,'bright 1','2b8ab9f6376dd048691ab50c3b9d35de0013e90afc6a56fe959059d13908be2a','default','205797f2d3e230cc74a3992bc7424089219ad68d369e69bfb4feb94ed30e2881','hold','[{"code": "coil.interrupted", "args": {}}, {"code": "coil.sound", "args": {"length_m": 0.032, "defects": 0, "severity": 3}}, {"code": "coil.marks", "args": {"marks": 2, "classes": "marking"}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',4,96.0,1);
INSERT INTO "coils" VALUES(1,13,'LOST-1','LOST-1','final',0,0,'','DC04','2026-11-27T17:03:56.676Z','2026-11-27T17:03:57.866Z','2026-11-27T17:03:57.999Z',0.25,96.0,1.12736690130232614136e+03,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','default','205797f2d3e230cc74a3992bc7424089219ad68d369e69bfb4feb94ed30e2881','hold','[{"code": "coil.not_inspected", "args": {"uninspected_m": 0.128, "limit_m": 0.1}}, {"code": "coil.severe_defects", "args": {"defects": 2, "severity": 3}}]',17,96.0,1);
INSERT INTO "coils" VALUES(1,14,'KILLED-1','KILLED-1','final',0,1,'','','2026-11-27T17:03:58.049Z','2026-11-27T17:04:00.993Z','2026-11-27T17:03:58.903Z',0.25,96.0,0.0,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','default','205797f2d3e230cc74a3992bc7424089219ad68d369e69bfb4feb94ed30e2881','hold','[{"code": "coil.interrupted", "args": {}}, {"code": "coil.severe_defects", "args": {"defects": 1, "severity": 3}}]',11,96.0,1);
INSERT INTO "coils" VALUES(1,15,'auto-20261127T170357995Z','auto-20261127T170357995Z','final',1,0,'','','2026-11-27T17:03:57.995Z','2026-11-27T17:03:58.068Z','2026-11-27T17:03:58.067Z',0.25,96.0,0.0,'bright 1','9efad4c2a5e008b45aac181b0acf37769d67600e35609d0c6e8124d2558020bc','default','205797f2d3e230cc74a3992bc7424089219ad68d369e69bfb4feb94ed30e2881','accept','[{"code": "coil.sound", "args": {"length_m": 0.016, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',4,96.0,1);
INSERT INTO "coils" VALUES(1,16,'auto-20261127T170401713Z','auto-20261127T170401713Z','final',1,0,'','','2026-11-27T17:04:01.713Z','2026-11-27T17:04:01.898Z','2026-11-27T17:04:01.911Z',0.25,96.0,0.0,'bright 1','2dad630efa0f637df145612cb2433fc2b3ad849711005d520af23e58b5444d3d','default','205797f2d3e230cc74a3992bc7424089219ad68d369e69bfb4feb94ed30e2881','accept','[{"code": "coil.sound", "args": {"length_m": 0.048, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}]',6,96.0,1);
INSERT INTO "coils" VALUES(1,17,'RUNNING-1','RUNNING-1','running',0,0,'','','2026-11-27T17:04:01.892Z',NULL,'2026-11-27T17:04:02.936Z',0.25,96.125,1.98282743643712524314e+03,'bright 1','2dad630efa0f637df145612cb2433fc2b3ad849711005d520af23e58b5444d3d','default','205797f2d3e230cc74a3992bc7424089219ad68d369e69bfb4feb94ed30e2881',NULL,NULL,9,96.0,1);
CREATE TABLE "counters" (
	station INTEGER NOT NULL, 
	name VARCHAR(32) NOT NULL, 
	value BIGINT NOT NULL, 
	PRIMARY KEY (station, name), 
	FOREIGN KEY(station) REFERENCES stations (number)
);
INSERT INTO "counters" VALUES(1,'events',81);
INSERT INTO "counters" VALUES(1,'optics_reference',0);
CREATE TABLE "defects" (
	station INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
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
	PRIMARY KEY (number), 
	UNIQUE (station, defect_id), 
	FOREIGN KEY(station, coil_id) REFERENCES "coils" (station, coil_id), 
	FOREIGN KEY(station) REFERENCES stations (number)
);
INSERT INTO "defects" VALUES(1,1,'DEFECTS-1-000001','DEFECTS-1','bright','',1,1.0,1.0,'top','cam',217.0,47.75,1.0,1.0,1.0,0.0,5.53376906318081770996e-02,0,868,4,268,4,1);
INSERT INTO "defects" VALUES(1,2,'DEFECTS-1-000002','DEFECTS-1','bright','',2,1.0,1.0,'top','cam',237.0,56.75,4.0,1.0,2.0,0.0,1.02837181562579912941e-01,0,948,16,304,4,1);
INSERT INTO "defects" VALUES(1,3,'auto-20261127T170346670Z-000001','auto-20261127T170346670Z','bright','',2,1.0,1.0,'top','cam',1.0,56.0,3.0,1.0,3.0,0.0,4.60624071322436878794e-02,0,4,12,300,4,1);
INSERT INTO "defects" VALUES(1,4,'auto-20261127T170346670Z-000002','auto-20261127T170346670Z','bright','',1,1.0,1.0,'top','cam',3.0,62.0,1.0,1.0,1.0,0.0,1.40845070422535214443e-02,0,12,4,324,4,1);
INSERT INTO "defects" VALUES(1,5,'DEFECTS-2-000001','DEFECTS-2','bright','',1,1.0,1.0,'top','cam',34.0,60.25,1.0,1.0,1.0,0.0,3.33053456479149162516e-02,0,136,4,316,4,1);
INSERT INTO "defects" VALUES(1,6,'DEFECTS-2-000002','DEFECTS-2','bright','',3,1.0,1.0,'top','cam',105.0,56.25,7.0,2.0,4.0,-6.34019174590991,2.21077251079266207112e-02,0,420,28,300,8,1);
INSERT INTO "defects" VALUES(1,7,'DEFECTS-2-000003','DEFECTS-2','bright','',1,1.0,1.0,'top','cam',104.0,64.25,1.0,1.0,1.0,0.0,-1.02374210411674028409e-02,0,416,4,332,4,1);
INSERT INTO "defects" VALUES(1,8,'DEFECTS-2-000004','DEFECTS-2','bright','',3,1.0,1.0,'top','cam',98.0,50.25,11.0,1.0,9.0,0.0,1.9409670380154005892e-02,0,392,44,276,4,1);
INSERT INTO "defects" VALUES(1,9,'DEFECTS-2-000005','DEFECTS-2','bright','',2,1.0,1.0,'top','cam',133.0,50.25,2.0,1.0,2.0,0.0,1.19922630560929319165e-02,0,532,8,276,4,1);
INSERT INTO "defects" VALUES(1,10,'DEFECTS-2-000006','DEFECTS-2','bright','',2,1.0,1.0,'top','cam',146.0,43.25,2.0,1.0,2.0,0.0,5.3358925143953850334e-02,0,584,8,248,4,1);
INSERT INTO "defects" VALUES(1,11,'DEFECTS-2-000007','DEFECTS-2','bright','',2,1.0,1.0,'top','cam',122.0,56.25,3.0,1.0,2.0,0.0,0.0649533179399658,0,488,12,300,4,1);
INSERT INTO "defects" VALUES(1,12,'DEFECTS-2-000008','DEFECTS-2','bright','',2,1.0,1.0,'top','cam',185.0,43.25,2.0,1.0,2.0,0.0,1.08044396424714929903e-03,0,740,8,248,4,1);
INSERT INTO "defects" VALUES(1,13,'DEFECTS-2-000009','DEFECTS-2','bright','',1,1.0,1.0,'top','cam',209.0,56.25,1.0,1.0,1.0,0.0,3.89364779174537810682e-03,0,836,4,300,4,1);
INSERT INTO "defects" VALUES(1,14,'DEFECTS-2-000010','DEFECTS-2','bright','',2,1.0,1.0,'top','cam',195.0,57.25,3.0,1.0,2.0,0.0,-0.0508474576271186,0,780,12,304,4,1);
INSERT INTO "defects" VALUES(1,15,'DEFECTS-3-000001','DEFECTS-3','bright','',3,1.0,1.0,'top','cam',219.0,49.5,6.0,1.25,4.0,0.0,1.59826020918911564094e-02,0,876,24,280,4,1);
INSERT INTO "defects" VALUES(1,16,'DEFECTS-3-000002','DEFECTS-3','bright','',3,1.0,1.0,'top','cam',220.0,56.5,6.0,1.25,6.0,0.0,1.24783845596028383773e-01,0,880,24,308,4,1);
INSERT INTO "defects" VALUES(1,17,'DEFECTS-3-000003','DEFECTS-3','bright','',1,1.0,1.0,'top','cam',261.0,50.25,1.0,1.0,1.0,0.0,-4.57947056852461842346e-03,0,1044,4,284,4,1);
INSERT INTO "defects" VALUES(1,18,'DEFECTS-3-000004','DEFECTS-3','bright','',3,1.0,1.0,'top','cam',294.0,59.75,8.0,1.0,5.0,0.0,2.78976478453777411437e-02,0,1176,32,324,4,1);
INSERT INTO "defects" VALUES(1,19,'DEFECTS-3-000005','DEFECTS-3','bright','',1,1.0,1.0,'top','cam',361.0,50.25,1.0,1.0,1.0,0.0,2.59431290359124350208e-02,0,1444,4,288,4,1);
INSERT INTO "defects" VALUES(1,20,'DEFECTS-3-000006','DEFECTS-3','bright','',1,1.0,1.0,'top','cam',377.0,56.0,1.0,1.0,1.0,0.0,1.22885129118432856465e-01,0,1508,4,312,4,1);
INSERT INTO "defects" VALUES(1,21,'DEFECTS-3-000007','DEFECTS-3','bright','',2,1.0,1.0,'top','cam',389.0,50.0,3.0,1.0,2.0,0.0,3.60585505176722817544e-02,0,1556,12,288,4,1);
INSERT INTO "defects" VALUES(1,22,'auto-20261127T170349487Z-000001','auto-20261127T170349487Z','bright','',2,1.0,1.0,'top','cam',25.0,52.5,2.0,1.0,2.0,0.0,-2.26661544371878805048e-02,0,100,8,300,4,1);
INSERT INTO "defects" VALUES(1,23,'MARKS-1-000001','MARKS-1','marking','',0,1.0,1.0,'top','cam',217.0,47.75,1.0,1.0,1.0,0.0,5.53376906318081770996e-02,0,868,4,268,4,1);
INSERT INTO "defects" VALUES(1,24,'MARKS-1-000002','MARKS-1','marking','',0,1.0,1.0,'top','cam',237.0,56.75,4.0,1.0,2.0,0.0,1.02837181562579912941e-01,0,948,16,304,4,1);
INSERT INTO "defects" VALUES(1,25,'auto-20261127T170353899Z-000001','auto-20261127T170353899Z','marking','',0,1.0,1.0,'top','cam',1.0,56.0,3.0,1.0,3.0,0.0,4.60624071322436878794e-02,0,4,12,300,4,1);
INSERT INTO "defects" VALUES(1,26,'auto-20261127T170353899Z-000002','auto-20261127T170353899Z','marking','',0,1.0,1.0,'top','cam',3.0,62.0,1.0,1.0,1.0,0.0,1.40845070422535214443e-02,0,12,4,324,4,1);
INSERT INTO "defects" VALUES(1,27,'LOST-1-000001','LOST-1','bright','',2,1.0,1.0,'top','cam',56.0,54.5,2.0,1.0,2.0,0.0,9.31777017508554489255e-02,0,224,8,320,4,1);
INSERT INTO "defects" VALUES(1,28,'LOST-1-000002','LOST-1','bright','',1,1.0,1.0,'top','cam',29.0,60.5,1.0,1.0,1.0,0.0,8.26374892024185347949e-02,0,116,4,344,4,1);
INSERT INTO "defects" VALUES(1,29,'LOST-1-000003','LOST-1','bright','',3,1.0,1.0,'top','cam',69.0,53.5,12.0,1.0,8.0,0.0,1.57968417515957949837e-02,0,276,48,316,4,1);
INSERT INTO "defects" VALUES(1,30,'LOST-1-000004','LOST-1','bright','',3,1.0,1.0,'top','cam',70.0,49.5,5.0,2.0,5.0,-1.43120261306107177112e+00,4.49481367652708393989e-02,0,280,20,300,8,1);
INSERT INTO "defects" VALUES(1,31,'LOST-1-000005','LOST-1','bright','',2,1.0,1.0,'top','cam',75.0,45.5,2.0,2.0,2.0,45.0,3.94680394680394924789e-02,0,300,8,284,8,1);
INSERT INTO "defects" VALUES(1,32,'KILLED-1-000001','KILLED-1','bright','',3,1.0,1.0,'top','cam',180.0,58.5,5.0,1.0,4.0,0.0,7.92663972645322872923e-02,1,720,20,340,4,1);
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
INSERT INTO "events" VALUES(1,1,'2026-11-27T17:03:39.538Z','station.started','','{"model": "bright", "provider": "cpu"}');
INSERT INTO "events" VALUES(1,2,'2026-11-27T17:03:39.631Z','coil.started','CLEAN-1','{"name": "CLEAN-1", "automatic": false}');
INSERT INTO "events" VALUES(1,3,'2026-11-27T17:03:41.130Z','coil.changed','CLEAN-1','{"status": "provisional", "finished_at": "2026-11-27T17:03:41.127Z"}');
INSERT INTO "events" VALUES(1,4,'2026-11-27T17:03:41.185Z','coil.final','CLEAN-1','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.336, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.336}');
INSERT INTO "events" VALUES(1,5,'2026-11-27T17:03:41.205Z','coil.started','CLEAN-1~2','{"name": "CLEAN-1", "automatic": false}');
INSERT INTO "events" VALUES(1,6,'2026-11-27T17:03:41.242Z','coil.started','auto-20261127T170341173Z','{"name": "auto-20261127T170341173Z", "automatic": true}');
INSERT INTO "events" VALUES(1,7,'2026-11-27T17:03:41.248Z','coil.final','auto-20261127T170341173Z','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.016, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.016}');
INSERT INTO "events" VALUES(1,8,'2026-11-27T17:03:42.409Z','coil.changed','CLEAN-1~2','{"status": "provisional", "finished_at": "2026-11-27T17:03:42.407Z"}');
INSERT INTO "events" VALUES(1,9,'2026-11-27T17:03:42.462Z','coil.final','CLEAN-1~2','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.304, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.304}');
INSERT INTO "events" VALUES(1,10,'2026-11-27T17:03:42.523Z','coil.started','auto-20261127T170342453Z','{"name": "auto-20261127T170342453Z", "automatic": true}');
INSERT INTO "events" VALUES(1,11,'2026-11-27T17:03:42.528Z','coil.final','auto-20261127T170342453Z','{"decision": "hold", "reasons": [{"code": "coil.interrupted", "args": {}}, {"code": "coil.sound", "args": {"length_m": 0.032, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.032}');
INSERT INTO "events" VALUES(1,12,'2026-11-27T17:03:45.353Z','station.started','','{"model": "bright", "provider": "cpu"}');
INSERT INTO "events" VALUES(1,13,'2026-11-27T17:03:45.423Z','coil.started','DEFECTS-1','{"name": "DEFECTS-1", "automatic": false}');
INSERT INTO "events" VALUES(1,14,'2026-11-27T17:03:46.556Z','defect.found','DEFECTS-1','{"defect_id": "DEFECTS-1-000001", "class": "bright", "severity": 1, "side": "top", "along_mm": 217.0}');
INSERT INTO "events" VALUES(1,15,'2026-11-27T17:03:46.623Z','coil.changed','DEFECTS-1','{"status": "provisional", "finished_at": "2026-11-27T17:03:46.620Z"}');
INSERT INTO "events" VALUES(1,16,'2026-11-27T17:03:46.678Z','defect.found','DEFECTS-1','{"defect_id": "DEFECTS-1-000002", "class": "bright", "severity": 2, "side": "top", "along_mm": 237.0}');
INSERT INTO "events" VALUES(1,17,'2026-11-27T17:03:46.687Z','coil.final','DEFECTS-1','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.256, "defects": 2, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.256}');
INSERT INTO "events" VALUES(1,18,'2026-11-27T17:03:46.716Z','coil.started','DEFECTS-2','{"name": "DEFECTS-2", "automatic": false}');
INSERT INTO "events" VALUES(1,19,'2026-11-27T17:03:46.742Z','coil.started','auto-20261127T170346670Z','{"name": "auto-20261127T170346670Z", "automatic": true}');
INSERT INTO "events" VALUES(1,20,'2026-11-27T17:03:46.745Z','defect.found','auto-20261127T170346670Z','{"defect_id": "auto-20261127T170346670Z-000001", "class": "bright", "severity": 2, "side": "top", "along_mm": 1.0}');
INSERT INTO "events" VALUES(1,21,'2026-11-27T17:03:46.745Z','defect.found','auto-20261127T170346670Z','{"defect_id": "auto-20261127T170346670Z-000002", "class": "bright", "severity": 1, "side": "top", "along_mm": 3.0}');
INSERT INTO "events" VALUES(1,22,'2026-11-27T17:03:46.751Z','coil.final','auto-20261127T170346670Z','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.016, "defects": 2, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.016}');
INSERT INTO "events" VALUES(1,23,'2026-11-27T17:03:46.999Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000001", "class": "bright", "severity": 1, "side": "top", "along_mm": 34.0}');
INSERT INTO "events" VALUES(1,24,'2026-11-27T17:03:47.259Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000002", "class": "bright", "severity": 3, "side": "top", "along_mm": 105.0}');
INSERT INTO "events" VALUES(1,25,'2026-11-27T17:03:47.259Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000003", "class": "bright", "severity": 1, "side": "top", "along_mm": 104.0}');
INSERT INTO "events" VALUES(1,26,'2026-11-27T17:03:47.259Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000004", "class": "bright", "severity": 3, "side": "top", "along_mm": 98.0}');
INSERT INTO "events" VALUES(1,27,'2026-11-27T17:03:47.391Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000005", "class": "bright", "severity": 2, "side": "top", "along_mm": 133.0}');
INSERT INTO "events" VALUES(1,28,'2026-11-27T17:03:47.391Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000006", "class": "bright", "severity": 2, "side": "top", "along_mm": 146.0}');
INSERT INTO "events" VALUES(1,29,'2026-11-27T17:03:47.391Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000007", "class": "bright", "severity": 2, "side": "top", "along_mm": 122.0}');
INSERT INTO "events" VALUES(1,30,'2026-11-27T17:03:47.509Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000008", "class": "bright", "severity": 2, "side": "top", "along_mm": 185.0}');
INSERT INTO "events" VALUES(1,31,'2026-11-27T17:03:47.637Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000009", "class": "bright", "severity": 1, "side": "top", "along_mm": 209.0}');
INSERT INTO "events" VALUES(1,32,'2026-11-27T17:03:47.637Z','defect.found','DEFECTS-2','{"defect_id": "DEFECTS-2-000010", "class": "bright", "severity": 2, "side": "top", "along_mm": 195.0}');
INSERT INTO "events" VALUES(1,33,'2026-11-27T17:03:47.681Z','coil.changed','DEFECTS-2','{"status": "provisional", "finished_at": "2026-11-27T17:03:47.680Z"}');
INSERT INTO "events" VALUES(1,34,'2026-11-27T17:03:47.701Z','coil.final','DEFECTS-2','{"decision": "hold", "reasons": [{"code": "coil.severe_defects", "args": {"defects": 2, "severity": 3}}], "length_m": 0.24}');
INSERT INTO "events" VALUES(1,35,'2026-11-27T17:03:47.755Z','coil.started','DEFECTS-3','{"name": "DEFECTS-3", "automatic": false}');
INSERT INTO "events" VALUES(1,36,'2026-11-27T17:03:47.768Z','coil.started','auto-20261127T170347694Z','{"name": "auto-20261127T170347694Z", "automatic": true}');
INSERT INTO "events" VALUES(1,37,'2026-11-27T17:03:47.773Z','coil.final','auto-20261127T170347694Z','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.016, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.016}');
INSERT INTO "events" VALUES(1,38,'2026-11-27T17:03:48.791Z','defect.found','DEFECTS-3','{"defect_id": "DEFECTS-3-000001", "class": "bright", "severity": 3, "side": "top", "along_mm": 219.0}');
INSERT INTO "events" VALUES(1,39,'2026-11-27T17:03:48.791Z','defect.found','DEFECTS-3','{"defect_id": "DEFECTS-3-000002", "class": "bright", "severity": 3, "side": "top", "along_mm": 220.0}');
INSERT INTO "events" VALUES(1,40,'2026-11-27T17:03:48.917Z','defect.found','DEFECTS-3','{"defect_id": "DEFECTS-3-000003", "class": "bright", "severity": 1, "side": "top", "along_mm": 261.0}');
INSERT INTO "events" VALUES(1,41,'2026-11-27T17:03:49.045Z','defect.found','DEFECTS-3','{"defect_id": "DEFECTS-3-000004", "class": "bright", "severity": 3, "side": "top", "along_mm": 294.0}');
INSERT INTO "events" VALUES(1,42,'2026-11-27T17:03:49.302Z','defect.found','DEFECTS-3','{"defect_id": "DEFECTS-3-000005", "class": "bright", "severity": 1, "side": "top", "along_mm": 361.0}');
INSERT INTO "events" VALUES(1,43,'2026-11-27T17:03:49.302Z','defect.found','DEFECTS-3','{"defect_id": "DEFECTS-3-000006", "class": "bright", "severity": 1, "side": "top", "along_mm": 377.0}');
INSERT INTO "events" VALUES(1,44,'2026-11-27T17:03:49.429Z','defect.found','DEFECTS-3','{"defect_id": "DEFECTS-3-000007", "class": "bright", "severity": 2, "side": "top", "along_mm": 389.0}');
INSERT INTO "events" VALUES(1,45,'2026-11-27T17:03:49.466Z','coil.changed','DEFECTS-3','{"status": "provisional", "finished_at": "2026-11-27T17:03:49.465Z"}');
INSERT INTO "events" VALUES(1,46,'2026-11-27T17:03:49.494Z','coil.final','DEFECTS-3','{"decision": "hold", "reasons": [{"code": "coil.severe_defects", "args": {"defects": 3, "severity": 3}}], "length_m": 0.432}');
INSERT INTO "events" VALUES(1,47,'2026-11-27T17:03:49.559Z','coil.started','auto-20261127T170349487Z','{"name": "auto-20261127T170349487Z", "automatic": true}');
INSERT INTO "events" VALUES(1,48,'2026-11-27T17:03:49.561Z','defect.found','auto-20261127T170349487Z','{"defect_id": "auto-20261127T170349487Z-000001", "class": "bright", "severity": 2, "side": "top", "along_mm": 25.0}');
INSERT INTO "events" VALUES(1,49,'2026-11-27T17:03:49.566Z','coil.final','auto-20261127T170349487Z','{"decision": "hold", "reasons": [{"code": "coil.interrupted", "args": {}}, {"code": "coil.sound", "args": {"length_m": 0.032, "defects": 1, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.032}');
INSERT INTO "events" VALUES(1,50,'2026-11-27T17:03:52.619Z','station.started','','{"model": "bright", "provider": "cpu"}');
INSERT INTO "events" VALUES(1,51,'2026-11-27T17:03:52.687Z','coil.started','MARKS-1','{"name": "MARKS-1", "automatic": false}');
INSERT INTO "events" VALUES(1,52,'2026-11-27T17:03:53.849Z','coil.changed','MARKS-1','{"status": "provisional", "finished_at": "2026-11-27T17:03:53.846Z"}');
INSERT INTO "events" VALUES(1,53,'2026-11-27T17:03:53.911Z','coil.final','MARKS-1','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.256, "defects": 0, "severity": 3}}, {"code": "coil.marks", "args": {"marks": 2, "classes": "marking"}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.256}');
INSERT INTO "events" VALUES(1,54,'2026-11-27T17:03:53.972Z','coil.started','auto-20261127T170353899Z','{"name": "auto-20261127T170353899Z", "automatic": true}');
INSERT INTO "events" VALUES(1,55,'2026-11-27T17:03:53.980Z','coil.final','auto-20261127T170353899Z','{"decision": "hold", "reasons": [{"code": "coil.interrupted", "args": {}}, {"code": "coil.sound", "args": {"length_m": 0.032, "defects": 0, "severity": 3}}, {"code": "coil.marks", "args": {"marks": 2, "classes": "marking"}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.032}');
INSERT INTO "events" VALUES(1,56,'2026-11-27T17:03:56.604Z','station.started','','{"model": "bright", "provider": "cpu"}');
INSERT INTO "events" VALUES(1,57,'2026-11-27T17:03:56.686Z','coil.started','LOST-1','{"name": "LOST-1", "automatic": false}');
INSERT INTO "events" VALUES(1,58,'2026-11-27T17:03:57.113Z','defect.found','LOST-1','{"defect_id": "LOST-1-000001", "class": "bright", "severity": 2, "side": "top", "along_mm": 56.0}');
INSERT INTO "events" VALUES(1,59,'2026-11-27T17:03:57.113Z','defect.found','LOST-1','{"defect_id": "LOST-1-000002", "class": "bright", "severity": 1, "side": "top", "along_mm": 29.0}');
INSERT INTO "events" VALUES(1,60,'2026-11-27T17:03:57.171Z','defect.found','LOST-1','{"defect_id": "LOST-1-000003", "class": "bright", "severity": 3, "side": "top", "along_mm": 69.0}');
INSERT INTO "events" VALUES(1,61,'2026-11-27T17:03:57.172Z','defect.found','LOST-1','{"defect_id": "LOST-1-000004", "class": "bright", "severity": 3, "side": "top", "along_mm": 70.0}');
INSERT INTO "events" VALUES(1,62,'2026-11-27T17:03:57.172Z','defect.found','LOST-1','{"defect_id": "LOST-1-000005", "class": "bright", "severity": 2, "side": "top", "along_mm": 75.0}');
INSERT INTO "events" VALUES(1,63,'2026-11-27T17:03:57.807Z','coverage.lost','LOST-1','{"camera": "cam", "first_line": 384, "along_mm": 96.0, "reason": {"code": "line.frame_dropped", "args": {}}}');
INSERT INTO "events" VALUES(1,64,'2026-11-27T17:03:57.811Z','coverage.lost','LOST-1','{"camera": "cam", "first_line": 640, "along_mm": 160.0, "reason": {"code": "line.frame_dropped", "args": {}}}');
INSERT INTO "events" VALUES(1,65,'2026-11-27T17:03:57.868Z','coil.changed','LOST-1','{"status": "provisional", "finished_at": "2026-11-27T17:03:57.866Z"}');
INSERT INTO "events" VALUES(1,66,'2026-11-27T17:03:57.998Z','coverage.lost','LOST-1','{"camera": "cam", "first_line": 1024, "along_mm": 256.0, "reason": {"code": "line.frame_dropped", "args": {}}}');
INSERT INTO "events" VALUES(1,67,'2026-11-27T17:03:58.005Z','coil.final','LOST-1','{"decision": "hold", "reasons": [{"code": "coil.not_inspected", "args": {"uninspected_m": 0.128, "limit_m": 0.1}}, {"code": "coil.severe_defects", "args": {"defects": 2, "severity": 3}}], "length_m": 0.288}');
INSERT INTO "events" VALUES(1,68,'2026-11-27T17:03:58.051Z','coil.started','KILLED-1','{"name": "KILLED-1", "automatic": false}');
INSERT INTO "events" VALUES(1,69,'2026-11-27T17:03:58.065Z','coil.started','auto-20261127T170357995Z','{"name": "auto-20261127T170357995Z", "automatic": true}');
INSERT INTO "events" VALUES(1,70,'2026-11-27T17:03:58.070Z','coil.final','auto-20261127T170357995Z','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.016, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.016}');
INSERT INTO "events" VALUES(1,71,'2026-11-27T17:03:58.579Z','coverage.lost','KILLED-1','{"camera": "cam", "first_line": 128, "along_mm": 32.0, "reason": {"code": "line.frame_dropped", "args": {}}}');
INSERT INTO "events" VALUES(1,72,'2026-11-27T17:03:58.583Z','coverage.lost','KILLED-1','{"camera": "cam", "first_line": 320, "along_mm": 80.0, "reason": {"code": "line.frame_dropped", "args": {}}}');
INSERT INTO "events" VALUES(1,73,'2026-11-27T17:03:58.900Z','coverage.lost','KILLED-1','{"camera": "cam", "first_line": 640, "along_mm": 160.0, "reason": {"code": "line.frame_dropped", "args": {}}}');
INSERT INTO "events" VALUES(1,74,'2026-11-27T17:03:58.903Z','defect.found','KILLED-1','{"defect_id": "KILLED-1-000001", "class": "bright", "severity": 3, "side": "top", "along_mm": 180.0}');
INSERT INTO "events" VALUES(1,75,'2026-11-27T17:04:00.990Z','coverage.lost','KILLED-1','{"camera": "cam", "first_line": 832, "along_mm": 208.0, "reason": {"code": "station.interrupted", "args": {"lines": 1, "away_s": 2.1, "lines_hz": 0.0}}}');
INSERT INTO "events" VALUES(1,76,'2026-11-27T17:04:00.999Z','coil.final','KILLED-1','{"decision": "hold", "reasons": [{"code": "coil.interrupted", "args": {}}, {"code": "coil.severe_defects", "args": {"defects": 1, "severity": 3}}], "length_m": 0.20825}');
INSERT INTO "events" VALUES(1,77,'2026-11-27T17:04:01.430Z','station.started','','{"model": "bright", "provider": "cpu"}');
INSERT INTO "events" VALUES(1,78,'2026-11-27T17:04:01.850Z','coil.started','auto-20261127T170401713Z','{"name": "auto-20261127T170401713Z", "automatic": true}');
INSERT INTO "events" VALUES(1,79,'2026-11-27T17:04:01.897Z','coil.started','RUNNING-1','{"name": "RUNNING-1", "automatic": false}');
INSERT INTO "events" VALUES(1,80,'2026-11-27T17:04:01.900Z','coil.changed','auto-20261127T170401713Z','{"status": "provisional", "finished_at": "2026-11-27T17:04:01.898Z"}');
INSERT INTO "events" VALUES(1,81,'2026-11-27T17:04:01.915Z','coil.final','auto-20261127T170401713Z','{"decision": "accept", "reasons": [{"code": "coil.sound", "args": {"length_m": 0.048, "defects": 0, "severity": 3}}, {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}}], "length_m": 0.048}');
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
INSERT INTO "intervals" VALUES(1,'CLEAN-1','cam',0,1344,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'auto-20261127T170341173Z','cam',0,64,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'CLEAN-1~2','cam',0,1216,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'auto-20261127T170342453Z','cam',0,128,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'DEFECTS-1','cam',0,1024,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'auto-20261127T170346670Z','cam',0,64,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'DEFECTS-2','cam',0,960,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'auto-20261127T170347694Z','cam',0,64,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'DEFECTS-3','cam',0,1728,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'auto-20261127T170349487Z','cam',0,128,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'MARKS-1','cam',0,1024,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'auto-20261127T170353899Z','cam',0,128,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'LOST-1','cam',0,384,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'LOST-1','cam',384,128,'lost','','line.frame_dropped','{}');
INSERT INTO "intervals" VALUES(1,'LOST-1','cam',512,128,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'LOST-1','cam',640,256,'lost','','line.frame_dropped','{}');
INSERT INTO "intervals" VALUES(1,'LOST-1','cam',896,128,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'LOST-1','cam',1024,128,'lost','','line.frame_dropped','{}');
INSERT INTO "intervals" VALUES(1,'auto-20261127T170357995Z','cam',0,64,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'KILLED-1','cam',0,128,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'KILLED-1','cam',128,128,'lost','','line.frame_dropped','{}');
INSERT INTO "intervals" VALUES(1,'KILLED-1','cam',256,64,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'KILLED-1','cam',320,64,'lost','','line.frame_dropped','{}');
INSERT INTO "intervals" VALUES(1,'KILLED-1','cam',384,256,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'KILLED-1','cam',640,64,'lost','','line.frame_dropped','{}');
INSERT INTO "intervals" VALUES(1,'KILLED-1','cam',704,128,'inspected','','','null');
INSERT INTO "intervals" VALUES(1,'KILLED-1','cam',832,1,'lost','','station.interrupted','{"lines": 1, "away_s": 2.1, "lines_hz": 0.0}');
INSERT INTO "intervals" VALUES(1,'auto-20261127T170401713Z','cam',0,192,'inspected','','','null');
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
	number INTEGER NOT NULL, 
	coil_id VARCHAR(128) NOT NULL, 
	camera VARCHAR(64) NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	light_dn JSON NOT NULL, 
	sharpness FLOAT NOT NULL, 
	PRIMARY KEY (number), 
	FOREIGN KEY(station, coil_id) REFERENCES "coils" (station, coil_id), 
	FOREIGN KEY(station) REFERENCES stations (number)
);
CREATE TABLE people (
	name VARCHAR(64) NOT NULL, 
	role VARCHAR(16) NOT NULL, 
	password VARCHAR(255) NOT NULL, 
	made_at VARCHAR(32) NOT NULL, 
	left_at VARCHAR(32), 
	PRIMARY KEY (name)
);
CREATE TABLE recipes (
	sha256 VARCHAR(64) NOT NULL, 
	body JSON NOT NULL, 
	PRIMARY KEY (sha256)
);
INSERT INTO "recipes" VALUES('205797f2d3e230cc74a3992bc7424089219ad68d369e69bfb4feb94ed30e2881','{"name": "default", "classes": {"bright": {"threshold": null, "min_area_mm2": 1.0, "ignore": false, "as_defect": false}}, "severity": {"area_mm2": [1.5, 3.5, 50.0], "long_mm": 1000.0}, "hold_from_severity": 3, "hold_above_defects_per_100m": 100000.0, "hold_above_uninspected_m": 0.1, "bridge_mm": 8.0, "edge_margin_mm": 2.0, "strip_width_mm": 96.0}');
CREATE TABLE "reviews" (
	station INTEGER NOT NULL, 
	review_id INTEGER NOT NULL, 
	defect_id VARCHAR(160) NOT NULL, 
	verdict VARCHAR(16) NOT NULL, 
	class_name VARCHAR(64), 
	operator VARCHAR(64) NOT NULL, 
	note TEXT NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	PRIMARY KEY (review_id), 
	FOREIGN KEY(station, defect_id) REFERENCES "defects" (station, defect_id), 
	FOREIGN KEY(station) REFERENCES stations (number)
);
CREATE TABLE stations (
	number INTEGER NOT NULL, 
	name VARCHAR(128) NOT NULL, 
	plant VARCHAR(128) NOT NULL, 
	line VARCHAR(128) NOT NULL, 
	feed VARCHAR(64) NOT NULL, 
	PRIMARY KEY (number), 
	UNIQUE (name)
);
INSERT INTO "stations" VALUES(1,'test','','','caf1028d-afa3-4f7d-bee7-372e1bb2e886');
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
CREATE INDEX ix_tokens_name ON tokens (name);
CREATE INDEX ix_log_ins_name ON log_ins (name);
CREATE TRIGGER audit_UPDATE BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit only grows'); END;
CREATE TRIGGER audit_DELETE BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit only grows'); END;
CREATE INDEX coils_by_name ON coils (station, name);
CREATE INDEX coils_of_station ON coils (station, number);
CREATE INDEX defects_of_coil ON defects (station, coil_id, number);
CREATE INDEX reviews_of_defect ON reviews (station, defect_id);
CREATE INDEX reviews_of_station ON reviews (station, review_id);
CREATE INDEX optics_of_camera ON optics (station, camera, number);
COMMIT;
