// Makes the replica set and one user per service, each with a right to its own database and to no other.
// Running it again changes passwords to those of the environment and nothing else.

const members = [{ _id: 0, host: "mongo:27017" }];
try {
  rs.status();
} catch (error) {
  if (error.codeName !== "NotYetInitialized") throw error;
  rs.initiate({ _id: "sangam", members });
}
while (!db.hello().isWritablePrimary) sleep(200);

for (const service of ["enrolment", "scheduling", "notifications"]) {
  const own = db.getSiblingDB(service);
  const user = {
    pwd: process.env[`${service.toUpperCase()}_MONGO_PASSWORD`],
    roles: [{ role: "readWrite", db: service }],
  };
  if (own.getUser(service)) own.updateUser(service, user);
  else own.createUser({ user: service, ...user });
}
