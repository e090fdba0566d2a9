// A real SMTP server for the tests: prints its port, then every mail as one line of JSON.
const { SMTPServer } = require('smtp-server');

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  onData(stream, session, done) {
    const parts = [];
    stream.on('data', part => parts.push(part));
    stream.on('end', () => {
      const { mailFrom, rcptTo } = session.envelope;
      console.log(JSON.stringify({ from: mailFrom.address, to: rcptTo.map(r => r.address), raw: Buffer.concat(parts).toString('utf8') }));
      done();
    });
  },
});
const listening = server.listen(Number(process.argv[2] || 0), '127.0.0.1', () => console.log(JSON.stringify({ port: listening.address().port })));
process.stdin.on('end', () => process.exit(0)).resume();
