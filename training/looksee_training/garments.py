"""The streets set's words for garments: which of the 14 kinds each is, and which of the clothing set's labels."""

KINDS = {
    "shirt": "blazer blouse cape cardigan coat hoodie jacket jumper shirt sweater sweatshirt t-shirt top vest suit",
    "dress": "dress romper skirt",
    "pants": "jeans leggings pants shorts",
    "bags": "bag purse wallet",
    "shoes": "boots flats heels loafers pumps sandals shoes sneakers wedges",
    "accessories": "accessories belt bracelet earrings glasses gloves hat necklace ring scarf sunglasses tie watch",
    "underdress": "bodysuit bra socks stockings tights",
}
LABELS = {
    "T-Shirt": "t-shirt", "Shirt": "shirt", "Blouse": "blouse", "Top": "top", "Hoodie": "hoodie", "Blazer": "blazer",
    "Outwear": "coat jacket cape", "Dress": "dress", "Skirt": "skirt", "Pants": "jeans leggings pants", "Shorts": "shorts",
    "Shoes": KINDS["shoes"], "Hat": "hat", "Body": "bodysuit",
}  # fmt: skip
KIND_OF = {word: kind for kind, words in KINDS.items() for word in words.split()}
LABEL_OF = {word: label for label, words in LABELS.items() for word in words.split()}


def kind_of_garment(word):
    """None for a word too vague to teach a kind."""
    return KIND_OF.get(word)


def label_of_garment(word):
    """None where the clothing set has no such label, or more than one would fit."""
    return LABEL_OF.get(word)
