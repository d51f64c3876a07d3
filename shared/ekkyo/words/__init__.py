"""Words that mails, chat posts and pages share: names of formats and states, dates, and texts made safe to show."""
