"""The streets set's labels folded into the 14 kinds; None for a label too vague or too small to teach one."""

KINDS = {
    "shirt": "blazer blouse cape cardigan coat hoodie jacket jumper shirt sweater sweatshirt t-shirt top vest suit",
    "dress": "dress romper skirt",
    "pants": "jeans leggings pants shorts",
    "bags": "bag purse wallet",
    "shoes": "boots flats heels loafers pumps sandals shoes sneakers wedges",
    "accessories": "accessories belt bracelet earrings glasses gloves hat necklace ring scarf sunglasses tie watch",
    "underdress": "bodysuit bra socks stockings tights",
}
LABELS = {label: kind for kind, labels in KINDS.items() for label in labels.split()}


def of_street_garment(label):
    return LABELS.get(label)
