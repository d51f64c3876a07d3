// One database and one user for each service; each may read and write its own and nothing else.
// Run once by the image's own entrypoint, when the data folder is empty.
for (const service of ["members", "events", "surveys", "notify"]) {
  const name = `ekkyo_${service}`;
  db.getSiblingDB(name).createUser({
    user: service,
    pwd: process.env[`MONGO_PASSWORD_${service.toUpperCase()}`],
    roles: [{ role: "readWrite", db: name }],
  });
}
