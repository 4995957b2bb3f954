// Keeps a true map of the cluster's members, and prints it as a line of JSON each time it changed.
//
//   node watch.js [unix:///run/swim/swim.sock]
import { client, forever } from './sidecar.js';

const members = new Map();
let token = '';

/** The rules that keep the map true. Returns why it changed, or undefined where nothing is to be shown. */
function apply({ kind, snapshot, events }) {
  if (kind === 'snapshot') {
    if (snapshot.begin) members.clear(); // forget what you knew: it may be of another run of the daemon
    for (const member of snapshot.members) members.set(member.name, member);
    // Until the last part the map is not whole: don't act upon it.
    return snapshot.end ? snapshot.reason.replace('REASON_', '') : undefined;
  }
  if (kind === 'events') {
    for (const { type, member, no_longer_matches: unfit } of events.events) {
      if (type === 'TYPE_EXPIRED' || unfit) members.delete(member.name); // the latter with a filter only
      else members.set(member.name, member); // whatever happened, the event carries the member as it is now
    }
    return 'EVENTS';
  }
  return undefined; // a bookmark, or something that a newer daemon says
}

function show(why, revision) {
  const shown = {};
  for (const [name, { status, uid, labels }] of members) {
    shown[name] = { status: status.replace('MEMBER_STATUS_', ''), uid, labels };
  }
  console.log(JSON.stringify({ why, revision, members: shown }));
}

const service = client('MembershipService', 'membership');
// With the last token nothing is lost and nothing comes twice.
await forever((waiting) => service.WatchMembers({ resume_token: token }, waiting), (response) => {
  const why = apply(response);
  token = response.resume_token;
  if (why) show(why, response.revision);
});
