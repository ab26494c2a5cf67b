"""What people and departments meet: intake, pages, analyst API, simulator, command line."""
