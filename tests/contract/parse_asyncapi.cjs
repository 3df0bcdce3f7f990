// What the official AsyncAPI parser objects to: node parse_asyncapi.cjs <its folder> <document>… prints JSON, path → objections.
const [, , folder, ...paths] = process.argv;
const { Parser, fromFile } = require(`${folder}/node_modules/@asyncapi/parser`);
const WARNING = 1; // 0 is an error; 2 and 3 are advice

async function objections(path) {
  const { document, diagnostics } = await fromFile(new Parser(), path).parse();
  const found = diagnostics
    .filter((said) => said.severity <= WARNING)
    .map((said) => `${said.path.join("/")}: ${said.message}`);
  return document || found.length ? found : ["it is no AsyncAPI document"];
}

(async () => {
  const found = {};
  for (const path of paths) found[path] = await objections(path);
  console.log(JSON.stringify(found));
})();
