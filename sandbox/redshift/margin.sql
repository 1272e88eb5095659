-- The margin mart of group controlling, loaded every night from billing and procurement.
-- The same rows at each start, but for their dates, which follow the day on which the server was started.
CREATE SCHEMA mart;
SET search_path TO mart, redshift, public;
SET TimeZone TO 'UTC';

CREATE TABLE contract_margin (
  contract_id bigint NOT NULL,
  month date NOT NULL,
  segment varchar(20) NOT NULL,
  country char(2) NOT NULL,
  revenue numeric(18, 4) NOT NULL,
  energy_cost numeric(18, 4) NOT NULL,
  grid_cost numeric(18, 4),
  margin numeric(18, 4) NOT NULL,
  hedged boolean NOT NULL,
  drivers super,
  account_manager varchar(80),
  loaded_at timestamptz NOT NULL,
  PRIMARY KEY (contract_id, month)
);
CREATE INDEX contract_margin_sortkey ON contract_margin (loaded_at);
COMMENT ON TABLE contract_margin IS 'What a contract earned in a month, after energy and grid';
COMMENT ON COLUMN contract_margin.account_manager IS 'Who looks after the customer';
COMMENT ON COLUMN contract_margin.drivers IS 'What moved the margin since the month before';

INSERT INTO contract_margin
SELECT 100000 + c, date_trunc('month', now() AT TIME ZONE 'UTC')::date - (m || ' months')::interval,
       (ARRAY['household', 'business', 'industry'])[c % 3 + 1], (ARRAY['BE', 'NL', 'LU'])[c % 3 + 1],
       round((400 + c % 97 * 3.1416 + m)::numeric, 4), round((250 + c % 89 * 2.7183)::numeric, 4),
       CASE WHEN c % 11 <> 0 THEN round((61 + c % 7 * 1.6180)::numeric, 4) END,
       round((400 + c % 97 * 3.1416 + m - 250 - c % 89 * 2.7183 - CASE WHEN c % 11 <> 0 THEN 61 + c % 7 * 1.6180 ELSE 0 END)::numeric, 4),
       c % 4 = 0, CASE WHEN c % 5 = 0 THEN jsonb_build_object('volume', -1.5, 'price', 0.25, 'note', 'mild "winter"') END,
       'Manager ' || c % 40, now() - (m || ' months')::interval - (c || ' minutes')::interval
FROM generate_series(1, 2000) AS c, generate_series(0, 5) AS m;

CREATE TABLE product_margin (
  month date NOT NULL,
  product varchar(40) NOT NULL,
  contracts integer NOT NULL,
  revenue numeric(38, 6) NOT NULL,
  margin_rate double precision,
  closed_at timestamp,
  PRIMARY KEY (month, product)
);
CREATE INDEX product_margin_sortkey ON product_margin (month);
COMMENT ON TABLE product_margin IS 'Closed months by product';
INSERT INTO product_margin
SELECT date_trunc('month', now() AT TIME ZONE 'UTC')::date - (m || ' months')::interval, product, 500 + length(product) * m,
       1000000.123456 * (m + 1), 0.1 + m / 30.0, date_trunc('month', now() AT TIME ZONE 'UTC') - (m - 1 || ' months')::interval
FROM generate_series(1, 14) AS m, unnest(ARRAY['Fixed 12', 'Fixed 24', 'Variable', 'Solar buy-back']) AS product;

GRANT USAGE ON SCHEMA mart TO lake_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA mart TO lake_reader;
ANALYZE;
