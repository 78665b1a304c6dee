#!/bin/sh
# Gives each service a database and a role of its own; no role may connect to another's database.
# Run once by the PostgreSQL image, when its volume is empty. The passwords come as <SERVICE>_PASSWORD.
set -eu

create() {
  printf '%s\n' \
    'CREATE ROLE :"name" LOGIN PASSWORD :'"'password'"';' \
    'CREATE DATABASE :"name" OWNER :"name";' \
    'REVOKE ALL ON DATABASE :"name" FROM PUBLIC;' \
    'GRANT CONNECT, TEMPORARY ON DATABASE :"name" TO :"name";' |
    psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --set name="$1" --set password="$2" \
      --username "$POSTGRES_USER" --dbname postgres
}

create orders "$ORDERS_PASSWORD"
create inventory "$INVENTORY_PASSWORD"
create payments "$PAYMENTS_PASSWORD"
create shipping "$SHIPPING_PASSWORD"
create projections "$PROJECTIONS_PASSWORD"
