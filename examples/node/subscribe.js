// Follows the messages that arrive at this node, and prints each as a line of JSON.
//
//   node subscribe.js [unix:///run/swim/swim.sock [TOPIC ...]]
import { client, forever } from './sidecar.js';

const show = (line) => console.log(JSON.stringify(line));

function handle(response) {
  switch (response.kind) {
    case 'messages':
      for (const { payload, topic, origin, sequence } of response.messages.messages) {
        show({ message: payload.toString(), topic, origin, sequence });
      }
      break;
    case 'gap': // so many are lost to us: whoever mirrors the sender's state fetches it anew
      show({ gap: response.gap.missed, origin: response.gap.origin });
      break;
    case 'reset': // the daemon forgot where we were: what was missed is not known, fetch everything anew
      show({ reset: response.reset.reason.replace('REASON_', '') });
      break;
    case 'bookmark': // everything that arrived before has been sent
      show({ bookmark: true });
      break;
  }
}

const service = client('MessagingService', 'messaging');
const topics = process.argv.slice(3);
let token = '';
// What came is handled before its token is kept, so that nothing is lost where handling fails. A program that wants
// to go on after its own restart stores the token with its results.
await forever((waiting) => service.Subscribe({ topics, resume_token: token }, waiting), (response) => {
  handle(response);
  token = response.resume_token;
});
