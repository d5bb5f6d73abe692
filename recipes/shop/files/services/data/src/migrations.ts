/** The schema, step by step. Never edit a step that has run somewhere: add the next one. */

export const migrations: readonly string[] = [
  `create table products (
     id integer primary key generated always as identity,
     name text not null unique,
     price_cents integer not null check (price_cents >= 0),
     stock integer not null check (stock >= 0)
   );
   create table orders (
     id integer primary key generated always as identity,
     product_id integer not null references products (id),
     quantity integer not null check (quantity > 0),
     placed_at timestamptz not null default now()
   );`,
  `insert into products (name, price_cents, stock) values
     ('Enamel mug', 1400, 40),
     ('Linen notebook', 900, 120),
     ('Brass pencil sharpener', 1650, 25),
     ('Wool desk mat', 4200, 12),
     ('Reading lamp', 7900, 8);`,
];
