def write(r,d): pass
def terminal(r):
    import json
    return json.dumps(r,indent=1)
