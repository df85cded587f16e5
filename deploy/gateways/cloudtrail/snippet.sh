aws cloudtrail put-event-selectors --trail-name TRAIL --advanced-event-selectors file://data-events.json
