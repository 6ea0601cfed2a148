DROP TABLE clock;
DROP TABLE hold;
DROP TABLE digest;
DROP TABLE duty;
DROP TABLE office_rule;
DROP TABLE office_day;
