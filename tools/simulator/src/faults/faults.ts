/** Everything that may go wrong at an edge of the flock, by what a reader of a found run calls it. */
export const FAULTS = {
  'database refuses': 'a statement fails before it has any effect, and nobody says so for a while',
  'commit outcome unknown': 'a statement takes effect and the connection is cut before its answer',
  'database outage': 'one service cannot reach its PostgreSQL for a while',
  'bell lost': 'nobody is told that the log has grown; polling must find out',
  'slow request': 'a request takes a hundred times as long as usual to arrive',
  'slow answer': 'an answer takes a hundred times as long as usual to come back',
  'send lost': 'a request of the relay does not reach the broker',
  'send unconfirmed': 'the broker stores records and their acknowledgement is lost',
  'send cut short': 'the broker stores the first records of a request and the connection is cut',
  'record duplicated': 'records are stored once more behind newer ones',
  'record lost': 'the broker loses a record that it has acknowledged, until its topic is repeated from there on',
  'delivery delayed': 'one topic-partition is fetched late, so that others overtake it',
  'broker outage': 'nobody can send or fetch for a while',
  'topic replayed': 'all records of a topic are stored once more',
  'offsets lost': 'a consumer begins at offset 0 again',
  'process killed': 'a process ends without a word and another one starts',
  'crash before a request': 'a process ends just before it would ask its database, the broker or a partner',
  'crash before an answer': 'what a process asked for takes effect, and the process ends before it hears so',
  'newer code':
    'a process is started with newer code, which says more and reads newer versions, beside others with the old',
  'process restarted': 'a process is asked to stop, and another one takes its place',
  'process frozen': 'a process stands still for longer than its session and leases, and goes on as if nothing had been',
  'clock jumps': "a process's wall clock jumps by up to five minutes",
  'call lost': 'a call to the provider or the carrier does not arrive, and nobody answers',
  'answer lost': 'the provider or the carrier does what it was asked, and its answer is lost',
  'partner outage': 'the provider or the carrier cannot be reached for a while',
  'webhook early': "the provider's webhook comes before its answer",
  'webhook twice': 'a webhook comes twice',
  'webhook never': 'a webhook never comes',
  'authorisation short': 'an authorisation expires within seconds',
  'garbage record': 'bytes that nobody can read stand in a topic',
  'newer record': 'a record carries fields that its contract does not know',
  'breaking record': 'a record is of a version that its hearers do not know yet',
  'redriven twice': 'an operator asks for everything that is parked to be redriven, twice',
  'database clock off': 'the clock of one PostgreSQL is up to two seconds ahead or behind all along',
  'value broken': 'the broker stores a record with its link and with bytes that nobody can read',
  'serialization failure': 'the database undoes a statement because of another one, and says so at once',
} as const;

export type Fault = keyof typeof FAULTS;

export const FAULT_NAMES = Object.keys(FAULTS) as readonly Fault[];
