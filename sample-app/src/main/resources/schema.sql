-- Understood by H2 and by PostgreSQL.
CREATE TABLE IF NOT EXISTS product (
    sku   VARCHAR(32)    PRIMARY KEY,
    name  VARCHAR(200)   NOT NULL,
    price NUMERIC(12, 2) NOT NULL,
    stock INTEGER        NOT NULL
);
