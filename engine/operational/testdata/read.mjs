// Reads what was published with the official client: node read.mjs URL, with @libsql/client to be
// found by NODE_PATH. Prints the rows as JSON.
import { createRequire } from "node:module";

const { createClient } = createRequire(process.env.NODE_PATH + "/")("@libsql/client");
const db = createClient({ url: process.argv[2] });
const { columns, rows } = await db.execute("select entity_id, id, customer_id, placed_on, amount from orders order by id");
console.log(JSON.stringify(rows.map((r) => columns.map((c) => r[c]))));
db.close();
