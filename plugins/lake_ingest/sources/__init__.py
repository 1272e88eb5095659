"""What the lake reads from.

source        the seam: what a source gives, and the frozen values that cross it
registry      which kinds there are; opens one
polling       how often what runs at a source is looked at
salesforce/   orgs, by Bulk API 2.0 or REST
dynamodb/     tables, by point-in-time export or scan
sql/          what databases share that are asked in SQL
postgresql/   tables of RDS, Aurora and servers on premises
mysql/        the same of MySQL and MariaDB
"""
