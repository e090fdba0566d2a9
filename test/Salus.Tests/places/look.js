// What the reader of the format's makers says of each address, one to a line: its code or nothing.
const { open } = require('maxmind');
const lines = require('fs').readFileSync(0, 'utf8').split('\n').filter(Boolean);
open(process.argv[2]).then(table => process.stdout.write(lines.map(ip => (table.get(ip) || {}).country_code || '').join('\n') + '\n'));
