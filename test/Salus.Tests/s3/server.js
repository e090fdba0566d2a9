// An S3 server for the tests: keeps its objects in the folder that is named, prints its port, and ends with its input.
const S3rver = require('s3rver');

const server = new S3rver({ address: '127.0.0.1', port: Number(process.argv[2]), silent: true, directory: process.argv[3], configureBuckets: [{ name: 'salus' }] });
server.run().then(address => console.log(JSON.stringify({ port: address.port })));
process.stdin.on('end', () => process.exit(0)).resume();
