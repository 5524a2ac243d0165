-- A small schema for testing the engines, not the product's.
CREATE TABLE thing (
  id @id@,
  name @text@ NOT NULL UNIQUE,
  note @text@,
  size @int@,
  done @bool@ NOT NULL,
  at @time@ NOT NULL,
  body @blob@
);
CREATE TABLE part (
  id @id@,
  thing_id @int@ NOT NULL REFERENCES thing (id)
);
