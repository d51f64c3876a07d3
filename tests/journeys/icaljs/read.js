// Reads calendars and invitations as calendar programs do: one JSON value with iCalendar texts in, what ical.js understands of each out.
import ICAL from "ical.js";

const texts = JSON.parse(await new Promise((resolve) => {
  let text = "";
  process.stdin.setEncoding("utf8").on("data", (part) => (text += part)).on("end", () => resolve(text));
}));
const read = (text) => {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const person = (property) => property && {
    address: property.getFirstValue(), name: property.getParameter("cn"), role: property.getParameter("role"),
    partstat: property.getParameter("partstat"), rsvp: property.getParameter("rsvp"),
  };
  return {
    name: calendar.getFirstPropertyValue("name"), method: calendar.getFirstPropertyValue("method"),
    events: calendar.getAllSubcomponents("vevent").map((part) => {
      const event = new ICAL.Event(part);
      const unix = (time) => time.toUnixTime();
      const value = (name) => part.getFirstPropertyValue(name);
      return {
        uid: event.uid, starts: unix(event.startDate), ends: unix(event.endDate), summary: event.summary,
        description: event.description, location: event.location, url: value("url"), status: value("status"),
        sequence: event.sequence, zone: event.startDate.zone.tzid, organizer: person(part.getFirstProperty("organizer")),
        attendees: part.getAllProperties("attendee").map(person),
        exception: event.isRecurrenceException(), refid: value("refid"),
        planned: value("x-ekkyo-recurrence-id") && unix(value("x-ekkyo-recurrence-id")),
      };
    }),
  };
};
process.stdout.write(JSON.stringify(texts.map(read)));
