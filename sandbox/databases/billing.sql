-- The billing system of an energy retailer: customers, their invoices, what was paid.
-- The same rows at each start, but for their dates, which follow the day on which the server was started.
CREATE SCHEMA billing;
CREATE TYPE billing.channel AS ENUM ('direct debit', 'transfer', 'card');
CREATE DOMAIN billing.amount AS numeric(12, 2) CHECK (VALUE IS NOT NULL);

CREATE TABLE billing.customer (
  id bigint PRIMARY KEY,
  name text NOT NULL,
  email text,
  iban varchar(34),
  country char(2) NOT NULL,
  tags text[] NOT NULL DEFAULT '{}',
  preferences jsonb NOT NULL DEFAULT '{}',
  since date NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE billing.invoice (
  id uuid PRIMARY KEY,
  number text NOT NULL UNIQUE,
  customer_id bigint NOT NULL REFERENCES billing.customer,
  status text NOT NULL CHECK (status IN ('draft', 'open', 'paid', 'written off')),
  net billing.amount NOT NULL,
  vat_rate numeric(5, 3) NOT NULL,
  gross numeric(12, 2) GENERATED ALWAYS AS (round(net * (1 + vat_rate), 2)) STORED,
  kwh numeric,
  period daterange NOT NULL,
  issued_on date NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE billing.payment (
  invoice_id uuid NOT NULL REFERENCES billing.invoice,
  number smallint NOT NULL,
  amount billing.amount NOT NULL,
  channel billing.channel NOT NULL,
  received_on date NOT NULL,
  booked_at timestamp NOT NULL, -- the clock of the accounting office in Brussels
  reference bytea,
  PRIMARY KEY (invoice_id, number)
);
COMMENT ON TABLE billing.customer IS 'Who is billed';
COMMENT ON TABLE billing.invoice IS 'One bill of one period';
COMMENT ON TABLE billing.payment IS 'Money received for an invoice';
COMMENT ON COLUMN billing.customer.email IS 'Where bills are sent';
COMMENT ON COLUMN billing.customer.iban IS 'Account of the direct debit';
COMMENT ON COLUMN billing.invoice.kwh IS 'Energy of the period';

-- A number from 0 up to a bound, the same for the same seed.
CREATE FUNCTION pg_temp.pick(seed text, bound bigint) RETURNS bigint LANGUAGE sql IMMUTABLE
  AS $$ SELECT ('x' || substr(md5(seed), 1, 8))::bit(32)::bigint % bound $$;

INSERT INTO billing.customer
SELECT g, (ARRAY['Peeters', 'Janssens', 'Dubois', 'Lambert', 'Maes', 'Nguyen', 'O''Connor', 'Müller'])[1 + pg_temp.pick('n' || g, 8)] || ' ' || g,
       CASE WHEN g % 11 > 0 THEN 'customer' || g || '@example.com' END,
       CASE WHEN g % 7 > 0 THEN 'BE' || lpad(pg_temp.pick('i' || g, 100)::text, 2, '0') || lpad((g * 7919)::text, 12, '0') END,
       (ARRAY['BE', 'BE', 'BE', 'NL', 'FR'])[1 + pg_temp.pick('c' || g, 5)],
       CASE WHEN g % 5 = 0 THEN ARRAY['solar', 'heat pump'] WHEN g % 3 = 0 THEN ARRAY['"green"'] ELSE '{}' END,
       jsonb_build_object('paperless', g % 2 = 0, 'language', (ARRAY['nl', 'fr', 'de'])[1 + g % 3]),
       current_date - 200 - pg_temp.pick('s' || g, 3000)::int,
       date_trunc('day', now()) - g % 40 * interval '1 day' - pg_temp.pick('u' || g, 86400) * interval '1 second'
FROM generate_series(1, 2000) g;

INSERT INTO billing.invoice (id, number, customer_id, status, net, vat_rate, kwh, period, issued_on, updated_at)
SELECT md5('invoice' || g)::uuid, 'INV-' || lpad(g::text, 7, '0'), 1 + g % 2000,
       CASE WHEN months = 0 AND g % 9 = 0 THEN 'draft' WHEN g % 5 = 0 THEN 'open' WHEN g % 397 = 0 THEN 'written off' ELSE 'paid' END,
       (2000 + pg_temp.pick('a' || g, 60000)) / 100.0, (ARRAY[0.06, 0.21, 0.21, 0.09])[1 + g % 4],
       CASE WHEN g % 13 > 0 THEN pg_temp.pick('k' || g, 900000) / 1000.0 END,
       daterange(month, (month + interval '1 month')::date), (month + interval '1 month')::date + g % 5,
       least((month + interval '1 month' + pg_temp.pick('t' || g, 2400000) * interval '1 second')::timestamptz, date_trunc('day', now()) - g % 24 * interval '1 hour')
FROM generate_series(1, 24000) g, LATERAL (SELECT g % 12 AS months) m,
     LATERAL (SELECT (date_trunc('month', current_date) - (months + 1) * interval '1 month')::date AS month) p;

INSERT INTO billing.payment
SELECT id, n, CASE WHEN n = 1 AND parts = 2 THEN round(gross / 2, 2) WHEN n = 2 THEN gross - round(gross / 2, 2) ELSE gross END,
       (enum_range(NULL::billing.channel))[1 + pg_temp.pick(number || n, 3)], received,
       received + interval '9 hours' + pg_temp.pick('b' || number || n, 28800) * interval '1 second', decode(md5(number || n), 'hex')
FROM billing.invoice, LATERAL (SELECT 1 + (right(number, 1) = '4')::int AS parts) q, generate_series(1, parts) n,
     LATERAL (SELECT least(issued_on + 3 + 11 * (n - 1), current_date - 1) AS received) r
WHERE status = 'paid';

CREATE INDEX ON billing.customer (updated_at);
CREATE INDEX ON billing.invoice (updated_at);
CREATE INDEX ON billing.payment (received_on);
CREATE INDEX ON billing.payment (booked_at);
CREATE VIEW billing.open_items AS
  SELECT customer_id, count(*) AS invoices, sum(gross) AS owed, min(issued_on) AS oldest FROM billing.invoice WHERE status = 'open' GROUP BY customer_id;
ANALYZE;
GRANT USAGE ON SCHEMA billing TO lake_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA billing TO lake_reader;
GRANT pg_read_all_stats TO lake_reader;
