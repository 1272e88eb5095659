// Every read call of jsforce against the org whose address and user are in the environment; one JSON object of outcomes.
const jsforce = require('jsforce');

const connection = new jsforce.Connection({ loginUrl: process.env.ORG_URL, version: '64.0' });
const end = new Date(Date.now() + 3600 * 1000).toISOString();
const start = new Date(Date.now() - 10 * 86400 * 1000).toISOString();

async function every(stream) {
  const records = [];
  for await (const one of stream) records.push(one);
  return records;
}

// name → what it answers, cut to what the test compares
const calls = {
  identity: async () => (await connection.identity()).username,
  limits: async () => (await connection.limits()).DailyApiRequests.Max,
  query: async () => (await connection.query('SELECT Id FROM Opportunity')).totalSize,
  queryMore: async () => {
    const first = await connection.query('SELECT Id FROM Opportunity', { autoFetch: false });
    const second = await connection.queryMore(first.nextRecordsUrl);
    return first.records.length + second.records.length;
  },
  autoFetch: async () =>
    (await connection.query('SELECT Id FROM Opportunity', { autoFetch: true, maxFetch: 100000 })).records.length,
  queryAll: async () =>
    (await connection.query('SELECT Id FROM Opportunity', { autoFetch: true, maxFetch: 100000, scanAll: true })).records.length,
  retrieve: async () => (await connection.sobject('Account').retrieve(process.env.ACCOUNT_IDS.split(',')[0])).Name,
  retrieveMany: async () =>
    (await connection.sobject('Account').retrieve(process.env.ACCOUNT_IDS.split(','), { fields: ['Id', 'Name'] })).map((one) => one.Name),
  describe: async () => (await connection.sobject('Account').describe()).fields.length,
  describeCached: async () => (await connection.sobject('Account').describe$()).fields.length,
  describeGlobal: async () => (await connection.describeGlobal()).sobjects.length,
  describeGlobalCached: async () => (await connection.describeGlobal$()).sobjects.length,
  updated: async () => (await connection.sobject('Account').updated(start, end)).ids.length,
  deleted: async () => (await connection.sobject('Account').deleted(start, end)).deletedRecords.length,
  find: async () =>
    (await connection.sobject('Opportunity').find({ StageName: 'Closed Won', Amount: { $gt: 1000 } }, ['Id', 'Name']).execute({ autoFetch: true, maxFetch: 100000 })).length,
  findOne: async () => (await connection.sobject('Opportunity').findOne({ StageName: 'Closed Won' })).StageName,
  select: async () =>
    (await connection.sobject('Opportunity').select('Id, Account.Name').where("StageName = 'Closed Won'").orderby('Id').limit(5)).length,
  include: async () =>
    (await connection.sobject('Account').select('Id').include('Contacts').select('Id').end().limit(2000)).reduce(
      (sum, one) => sum + (one.Contacts ? one.Contacts.records.length : 0), 0),
  count: async () => connection.sobject('Opportunity').count({ StageName: 'Closed Won' }),
  bulk: async () => (await every(await connection.bulk.query('SELECT Id, Name FROM Account'))).length,
  bulk2: async () => (await every(await connection.bulk2.query('SELECT Id, Name FROM Account', { pollInterval: 50 }))).length,
  request: async () => (await connection.request('/sobjects/Account')).objectDescribe.name,
  requestGet: async () => (await connection.requestGet('/limits')).DailyApiRequests.Max,
  // what the org has not
  recent: () => connection.recent(),
  search: () => connection.search('FIND {Grid} IN ALL FIELDS RETURNING Account(Id)'),
  explain: () => connection.query('SELECT Id FROM Account').explain(),
  theme: () => connection.theme(),
  tabs: () => connection.tabs(),
  quickActions: () => connection.quickActions(),
  listviews: () => connection.sobject('Account').listviews(),
  layouts: () => connection.sobject('Account').layouts(),
  reports: () => connection.analytics.reports(),
  tooling: () => connection.tooling.query('SELECT Id FROM ApexClass'),
};

async function main() {
  await connection.login(process.env.ORG_USERNAME, process.env.ORG_PASSWORD);
  const outcomes = {};
  for (const [name, call] of Object.entries(calls)) {
    try {
      outcomes[name] = { value: await call() };
    } catch (problem) {
      outcomes[name] = { error: problem.errorCode || problem.name, message: problem.message };
    }
  }
  await connection.logout();
  outcomes.logout = { value: connection.accessToken ? 'still in' : 'out' };
  console.log(JSON.stringify(outcomes));
}

main().catch((problem) => {
  console.error(problem);
  process.exit(1);
});
