-- The ERP of the purchasing department: suppliers, what was ordered from them, what went in and out of the warehouses.
-- The same rows at each start, but for their dates, which follow the day on which the server was started.
CREATE DATABASE erp CHARACTER SET utf8mb4;
USE erp;
SET time_zone = '+00:00';

CREATE TABLE supplier (
  id int unsigned PRIMARY KEY,
  name varchar(80) CHARACTER SET latin1 NOT NULL,
  contact_email varchar(120) COMMENT 'Where orders are sent',
  iban varchar(34) COMMENT 'Account that is paid',
  country char(2) NOT NULL,
  payment_days smallint unsigned NOT NULL,
  is_blocked tinyint(1) NOT NULL DEFAULT 0,
  since year NOT NULL,
  attributes json NOT NULL,
  changed_at timestamp(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)
) COMMENT 'Who delivers';

CREATE TABLE purchase_order (
  id bigint unsigned PRIMARY KEY,
  number varchar(14) NOT NULL UNIQUE,
  supplier_id int unsigned NOT NULL,
  status enum('draft', 'sent', 'delivered', 'cancelled') NOT NULL,
  terms set('EXW', 'DAP', 'insured') NOT NULL DEFAULT '',
  currency char(3) NOT NULL,
  net decimal(15, 4) NOT NULL,
  vat_rate decimal(5, 4) NOT NULL,
  gross decimal(15, 2) AS (ROUND(net * (1 + vat_rate), 2)) STORED,
  is_urgent tinyint(1) NOT NULL DEFAULT 0,
  ordered_on date NOT NULL,
  delivered_on date,
  changed_at timestamp(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  KEY (changed_at),
  CONSTRAINT FOREIGN KEY (supplier_id) REFERENCES supplier (id)
) COMMENT 'One order to one supplier';

CREATE TABLE stock_movement (
  plant char(4) NOT NULL,
  document bigint unsigned NOT NULL,
  line smallint unsigned NOT NULL,
  kind enum('receipt', 'issue', 'transfer') NOT NULL,
  item varchar(18) NOT NULL,
  quantity decimal(18, 6) NOT NULL COMMENT 'Negative where it leaves',
  unit varchar(6) NOT NULL,
  weight_kg double,
  batch varbinary(16),
  posted_at datetime NOT NULL COMMENT 'The clock of the warehouses in Belgium',
  PRIMARY KEY (plant, document, line),
  KEY (posted_at)
) COMMENT 'What went in and out of the warehouses';

INSERT INTO supplier
SELECT seq, CONCAT(ELT(1 + seq % 6, 'Kabelwerk', 'Transfo', 'Société Électrique', 'Müller & Söhne', 'Electro', 'O''Neill'), ' ', seq),
       IF(seq % 9, CONCAT('orders', seq, '@example.com'), NULL), IF(seq % 7, CONCAT('BE', LPAD(seq % 97, 2, '0'), LPAD(seq * 7919, 12, '0')), NULL),
       ELT(1 + seq % 4, 'BE', 'DE', 'FR', 'NL'), ELT(1 + seq % 3, 14, 30, 60), seq % 23 = 0, 1990 + seq % 35,
       JSON_OBJECT('iso_9001', seq % 2 = 0, 'portal', IF(seq % 3, NULL, 'ariba')), NOW(6) - INTERVAL seq % 40 DAY
FROM seq_1_to_400;

INSERT INTO purchase_order (id, number, supplier_id, status, terms, currency, net, vat_rate, is_urgent, ordered_on, delivered_on, changed_at)
SELECT seq, CONCAT('PO-', LPAD(seq, 8, '0')), 1 + seq * 7919 % 400, ELT(1 + seq % 9 DIV 3 + (seq % 31 = 0), 'draft', 'sent', 'delivered', 'cancelled'),
       ELT(1 + seq % 4, '', 'EXW', 'DAP', 'DAP,insured'), ELT(1 + (seq % 12 = 0), 'EUR', 'CHF'), seq * 7919 % 900000 / 7, ELT(1 + seq % 2, 0.21, 0.06), seq % 17 = 0,
       CURRENT_DATE - INTERVAL seq % 200 DAY, IF(seq % 9 DIV 3 = 2, CURRENT_DATE - INTERVAL seq % 190 DAY, NULL),
       CURRENT_DATE - INTERVAL seq % 60 DAY - INTERVAL seq * 7919 % 86400000 * 1000 MICROSECOND
FROM seq_1_to_6000;

INSERT INTO stock_movement
SELECT ELT(1 + seq % 3, 'BE01', 'BE02', 'BE07'), 49000000000 + seq DIV 4, 1 + seq % 4, ELT(1 + seq % 3, 'receipt', 'issue', 'transfer'),
       CONCAT('IT-', LPAD(seq * 7919 % 5000, 6, '0')), IF(seq % 3 = 1, -1, 1) * CAST(seq * 31 % 100000 AS SIGNED) / 8, ELT(1 + seq % 3, 'pc', 'm', 'kg'), seq * 0.1,
       IF(seq % 5, UNHEX(MD5(seq)), NULL), CURRENT_DATE - INTERVAL seq % 200 DAY + INTERVAL seq * 7919 % 86400 SECOND
FROM seq_1_to_12000;
