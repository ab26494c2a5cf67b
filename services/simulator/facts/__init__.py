"""What departments report, invented: one maker a feed, from a family, a person of it and a day to the feed's fields."""
