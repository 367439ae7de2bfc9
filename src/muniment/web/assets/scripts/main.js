// Everything that pages do beyond plain HTML. Each part works on what it finds and leaves the rest.
import {
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
  Tabs,
  createAll,
} from "govuk-frontend";
import htmx from "htmx.org";
import { watchIdle } from "./idle.js";
import { preparePasskeys } from "./passkeys.js";
import { prepareSigning } from "./signing.js";

const COMPONENTS = [
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
  Tabs,
];

window.htmx = htmx;

function prepare(scope) {
  for (const component of COMPONENTS) {
    createAll(component, undefined, scope);
  }
  preparePasskeys(scope);
  prepareSigning(scope);
}

prepare(document);
watchIdle(document);
// What htmx swaps in gets the same preparation as the page that it came into.
document.addEventListener("htmx:after:settle", (event) => prepare(event.target));
