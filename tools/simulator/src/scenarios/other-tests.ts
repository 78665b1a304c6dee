/** A test elsewhere that proves a scenario too; the title is a part of a test's name in that file. */
export type OtherTest = { readonly file: string; readonly title?: string };

const test = (file: string, ...titles: readonly string[]): readonly OtherTest[] =>
  titles.map((title) => ({ file, title }));

const DELIVERY = 'libs/messaging/src/core/delivery.spec.ts';
const SETTLE = 'libs/messaging/src/core/settle-parked.spec.ts';
const UNAPPLIABLE = 'libs/messaging/src/core/unappliable.spec.ts';
const CLAIMS = 'libs/messaging/src/contract/claims.contract.ts';
const COMMITS = 'libs/messaging/src/contract/commits.contract.ts';
const PARKED_INBOX = 'libs/messaging/src/contract/parked.contract.ts';
const PARTITION = 'libs/messaging/src/core/partition-consumer.spec.ts';
const PARKED = 'libs/messaging/src/core/parked-records.spec.ts';
const LADDER = 'libs/messaging/src/core/retry-ladder.spec.ts';
const GROUP = 'libs/messaging/src/core/group-consumer.spec.ts';
const RELAY = 'libs/messaging/src/core/relay.spec.ts';
const BACKLOG = 'libs/messaging/src/core/backlog.spec.ts';
const SERVICE_BACKLOG = 'libs/platform/src/lifecycle/service-backlog.spec.ts';
const MEMORY_FLOCK = 'libs/messaging/src/memory/memory-flock.spec.ts';
const KAFKA = 'libs/messaging/src/kafka/kafka-flock.kafka.int.spec.ts';
const EFFECTS = 'libs/effects/src/core/effects.spec.ts';
const OUTCOMES = 'libs/effects/src/core/outcomes.spec.ts';
const DEADLINES = 'libs/effects/src/core/deadlines.spec.ts';
const AGENDA_STORE = 'libs/effects/src/agenda-store.contract.ts';
const LEASES = 'libs/event-store/src/coordination.contract.ts';
const FAULTS = 'libs/event-store/src/postgres/postgres-faults.int.spec.ts';
const SEVERAL_STREAMS = 'libs/event-store/src/contract/multi-stream.contract.ts';
const HTTP = 'libs/platform/src/http/http-app.spec.ts';
const RESERVATION = 'libs/domain/inventory/src/reservation.spec.ts';
const PSP = 'libs/domain/payments/src/simulated-provider.spec.ts';
const ORDERS_SERVICE = 'apps/orders/src/orders.service.int.spec.ts';
const ORDERS_PROCESS = 'apps/orders/src/orders.process.int.spec.ts';
const CHECK = 'tools/contracts/src/check/check.spec.ts';
const SCHEMAS = 'tools/contracts/src/check/schema-compatibility.spec.ts';
const MODEL = 'tools/contracts/src/model-check/model-check.spec.ts';
const VERSIONS = 'libs/contracts/src/event-versions.spec.ts';
const CHAOS: readonly OtherTest[] = [{ file: 'tools/chaos/src/main.ts' }];

/** By the number of the scenario. */
export const OTHER_TESTS: ReadonlyMap<number, readonly OtherTest[]> = new Map([
  [1, test(DELIVERY, '1, 2: the same event again, at once or much later, is a no-op by watermark')],
  [2, test(DELIVERY, '1, 2: the same event again, at once or much later, is a no-op by watermark')],
  [3, test(DELIVERY, '3: the ids of what follows derive from the heard event')],
  [4, test(MEMORY_FLOCK, '4: events of two sources arrive in any order and both are applied')],
  [
    5,
    [
      ...test(DELIVERY, '5: a gap waits, the others flow, an alert is raised', '5: a gap survives a restart'),
      ...test(
        'apps/projections/src/projections.service.int.spec.ts',
        'waits for a record that is missing, and shows both in their order',
      ),
    ],
  ],
  [6, test(DELIVERY, '6: a topic replayed from its beginning changes nothing')],
  [7, test(DELIVERY, '7: a consumer that begins behind what the topic still has waits for the lost records')],
  [8, [...test(DELIVERY, '8: a group that lost its offsets'), ...test(KAFKA, '8: begin where the database says')]],
  [
    9,
    [
      ...test(RESERVATION, 'leaves a tombstone when it overtakes its reservation'),
      ...test(
        'libs/domain/inventory/src/inventory.laws.spec.ts',
        'reserve, release and expiry end in the same state in any order of arrival',
      ),
    ],
  ],
  [10, test(MODEL, '$name: every run ends, and no state breaks an invariant')],
  [11, test('libs/domain/payments/src/payment.laws.spec.ts', 'a reaction twice is once')],
  [12, test(EFFECTS, 'calls pause, nothing is lost, and all is done once it is back')],
  [13, test(EFFECTS, 'an effect without an outcome is asked about before anything else, and happens exactly once')],
  [
    14,
    [
      ...test(RESERVATION, 'holds none of the lines when one is short, and names every line that is'),
      ...test(SEVERAL_STREAMS, 'writes none when one of three is at the wrong version'),
    ],
  ],
  [
    15,
    [
      ...test('libs/effects/src/core/crashes.spec.ts', 'each effect happens exactly once and is told once'),
      ...test(
        'apps/payments/src/provider/simulated-provider.int.spec.ts',
        'remembers a charge after a restart and answers its key alike',
      ),
      ...CHAOS,
    ],
  ],
  [16, test(MODEL, '$name: every run ends, and no state breaks an invariant')],
  [
    17,
    [
      ...test('apps/shipping/src/http/shipping.http.spec.ts', 'has one winner when both come at one moment'),
      ...test(
        'libs/domain/shipping/src/shipment.laws.spec.ts',
        'one shipment per order, and never both cancelled and dispatched',
      ),
    ],
  ],
  [18, test('libs/domain/orders/src/order.saga.spec.ts', 'requested twice is requested once')],
  [19, test(DEADLINES, 'at the instant of success loses or wins by the state, and is a noted no-op when it loses')],
  [
    20,
    [
      ...test(RESERVATION, 'of two orders for the last unit exactly one holds it'),
      ...test(SEVERAL_STREAMS, 'never deadlocks concurrent pairs of streams in opposite order'),
      ...test(MODEL, 'no state within the bound breaks an invariant'),
    ],
  ],
  [
    21,
    [
      ...test(
        HTTP,
        'gets the same answer again, also when the aggregate has moved on',
        'is refused with another body',
        'is told to come back while the first request with it is being decided',
      ),
      ...test(ORDERS_SERVICE, 'makes one order of a request that comes to two replicas at once'),
    ],
  ],
  [
    22,
    [
      ...test(HTTP, 'gets the same answer from another replica'),
      ...test(ORDERS_SERVICE, 'answers a repeated request alike from every replica'),
    ],
  ],
  [
    23,
    test(
      'apps/orders/src/http/orders.http.spec.ts',
      'has lines that are added, changed and taken out while it is a draft',
    ),
  ],
  [
    24,
    [
      ...test(PSP, 'tok_timeout_charged is charged although the caller hears nothing'),
      ...test(
        'apps/payments/src/provider/simulated-provider.int.spec.ts',
        'has charged when it timed out as tok_timeout_charged',
      ),
    ],
  ],
  [25, test(PSP, 'tok_timeout_not_charged is not found, and works when repeated with the same key')],
  [26, test(OUTCOMES, 'that came by another way first is not told twice')],
  [27, test(EFFECTS, 'calls pause, nothing is lost, and all is done once it is back')],
  [
    28,
    [
      ...test(PSP, 'voids an authorisation that has lapsed'),
      ...test('libs/domain/shipping/src/reactions.spec.ts', 'notes until when a payment is authorised'),
    ],
  ],
  [
    29,
    [
      ...test('libs/domain/shipping/src/simulated-carrier.spec.ts', 'for YY happens although the caller hears nothing'),
      ...test(
        'apps/shipping/src/carrier/simulated-carrier.int.spec.ts',
        'books once for a key, also when the first call is not answered',
      ),
    ],
  ],
  [
    30,
    [
      ...test(
        'libs/messaging/src/kafka/broker-restart.kafka.int.spec.ts',
        '30: a relay and a consumer outlive their broker',
      ),
      ...test(RELAY, '30: while the broker is away it keeps its place'),
      ...test(
        ORDERS_PROCESS,
        'accepts orders while the broker is away, also when it is started then, and tells of them once it is there',
      ),
      ...test(DEADLINES, 'no deadline fires, and each is pushed back by its length'),
    ],
  ],
  [
    31,
    [
      ...test(PARTITION, '31: a database that is away parks nothing'),
      ...test(LADDER, '31: opens the breaker'),
      ...test(GROUP, '31: probes with one record'),
      ...CHAOS,
    ],
  ],
  [
    32,
    [
      ...test(
        FAULTS,
        'keeps exactly one copy when the connection is cut after the commit, and answers with its places',
      ),
      ...test(PARTITION, '32: a commit whose outcome is unknown is sent again as it was, and stored once'),
      ...test(
        'libs/messaging/src/postgres/postgres-inbox.int.spec.ts',
        'says that a connection which was cut leaves the outcome unknown',
      ),
    ],
  ],
  [
    33,
    [
      ...test(DELIVERY, '33: a source that lost what it had sent stops the topic-partition'),
      ...test(PARTITION, '33: a consumer whose own database lost its last transactions is fenced'),
    ],
  ],
  [
    35,
    [
      ...test(
        KAFKA,
        '35: lose and repeat nothing when a consumer is cut off',
        '35: fence a consumer that another has taken the place of',
      ),
      ...test(COMMITS, 'of a former epoch is fenced and changes nothing'),
    ],
  ],
  [
    36,
    [
      ...test(KAFKA, '36: lose and repeat nothing while consumers of a group come and go'),
      ...test(MEMORY_FLOCK, '36: consumers that come and go under load'),
      ...CHAOS,
    ],
  ],
  [
    37,
    [
      ...test(KAFKA, '37: stop at once with everything handled stored, and leave the group'),
      ...test(ORDERS_PROCESS, 'becomes ready, tells what it was told, and on SIGTERM ends with 0'),
    ],
  ],
  [
    38,
    [
      ...test(RELAY, '38: of two that want to lead only one sends', '38: a zombie cannot move the place of the relay'),
      ...test('libs/messaging/src/outbox.contract.ts', 'is fenced against the relays of former epochs'),
      ...test(LEASES, 'lets another take a lapsed lease over, at a higher epoch'),
    ],
  ],
  [
    40,
    [
      ...test(BACKLOG, '40: refuses from its maximum on, and opens when the relay has clearly caught up'),
      ...test(
        SERVICE_BACKLOG,
        'answers what would begin something new with 503',
        'goes on with reading, with what finishes, with what operators do, and with what it hears',
      ),
      ...test(HTTP, 'overloaded'),
    ],
  ],
  [
    41,
    [
      ...test(KAFKA, '41: park random bytes and go on', '42, 41: park what fails'),
      ...test(SETTLE, '41: are redriven in order after the fix'),
      ...test(PARKED_INBOX, 'wait for a wish at the head of their key, and those queued behind it follow'),
    ],
  ],
  [
    42,
    [
      ...test(KAFKA, '42, 41: park what fails, and redrive it on a wish while the rest flows'),
      ...test(GROUP, '42: a record on its ladder keeps only its own topic-partition waiting'),
    ],
  ],
  [
    43,
    [
      ...test(UNAPPLIABLE, '43: that ends the process is parked after three starts'),
      ...test(GROUP, '43: parks a record that ends the process, and none that others'),
      ...test(CLAIMS, 'counts the starts since something was committed, and the attempts at one record'),
    ],
  ],
  [44, test(VERSIONS, 'with fields more at every depth as if they were not there')],
  [
    45,
    [
      ...test(SCHEMAS, 'a breaking change under the same version'),
      ...test(VERSIONS, 'of a version that is still to come is unknown, and waits for the deploy that knows it'),
    ],
  ],
  [
    46,
    [
      ...test(SCHEMAS, 'nothing in a new version that lifts the one before'),
      ...test(VERSIONS, 'is named by its version, and knows the versions before'),
    ],
  ],
  [47, test(PARKED, '47: keeps waiting when old code takes over again before it was redriven')],
  [48, test(PARKED, '48: is never skipped: only what the contract says no step hears is')],
  [
    49,
    [
      ...test('libs/effects/src/run-agenda.int.spec.ts', 'fires a deadline by the clock of the database'),
      ...test(AGENDA_STORE, 'gives deadlines that are due, the earliest first, and no others'),
    ],
  ],
  [50, test(DEADLINES, 'does not fire twice after a take-over, nor when the clock jumps back')],
  [
    51,
    test(
      'libs/event-store/src/contract/append.contract.ts',
      'lets exactly one of eight racers on one version win, in 20 rounds',
    ),
  ],
  [
    52,
    test(
      'libs/effects/src/postgres/postgres-agenda-store.int.spec.ts',
      'finds what is due by an index, among a hundred thousand deadlines that are not',
    ),
  ],
  [53, test(CHECK, 'one in which no step has a progress guard, and tells it from end to end')],
  [
    54,
    [
      ...test(SETTLE, '54: redriven twice, by two operators, are applied once'),
      ...test(PARKED_INBOX, '54: leave a trail of every wish and edit'),
      ...test(
        'libs/platform/src/parked/parked.controller.spec.ts',
        '54: are all wished to be redriven, twice without harm',
      ),
    ],
  ],
  [
    55,
    test(
      'libs/domain/orders/src/order.saga.spec.ts',
      'names the dispatch when a cancellation was refused and nothing followed',
    ),
  ],
]);

/** Scenarios that nothing simulates, and why. */
export const WAITING: ReadonlyMap<number, { readonly title: string; readonly why: string }> = new Map([
  [
    7,
    {
      title: 'A consumer is away for longer than the topic keeps its records: it does not go on silently',
      why: 'not simulated: there is no back-fill yet',
    },
  ],
  [
    34,
    {
      title: 'The broker loses an acknowledged record: the gap is seen, and filled by the relay of its source',
      why: 'not simulated: there is no back-fill yet; 5 sees the gap',
    },
  ],
  [
    39,
    {
      title: 'The replication slot of a feed is lost: it is noticed, and polling goes on from its position',
      why: 'not simulated: there is no change data capture yet',
    },
  ],
]);
