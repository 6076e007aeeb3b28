"""What outlives a run: waivers and remarks of readers, reports of earlier runs, the history of a unit."""
